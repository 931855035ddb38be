"""The words of the interface, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answering.messages import LABELS

LANGUAGES = {"zh": "中文", "en": "English"}

_TEXTS = {
    # name: (Chinese, English)
    **LABELS,
    "tagline": ("问你的文档，看到依据。", "Ask your documents; get the evidence."),
    "ask": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "silent_before": ("服务器已有 ", "No word from the server for "),
    "silent_after": (" 秒没有回音。可以停止，再问一次。", " s. You can stop, and ask again."),
    "unanswered": ("没有得到回答：", "Not answered: "),
    "again": ("重新提问", "Ask again"),
    "next": ("接下来：", "Next: "),
    "within": ("只问这些文档：", "Asking only: "),
    "everything": ("问所有文档", "Ask all documents"),
    "ask_within": ("只问这份文档", "Ask only this document"),
    "forget": ("不再提问", "Do not ask"),
    "question": ("你的问题", "Your question"),
    "placeholder": ("用中文或英文提问……", "Ask in English or Chinese…"),
    "conversation": ("对话", "Conversation"),
    "conversations": ("历史对话", "Conversations"),
    "new": ("新对话", "New conversation"),
    "export": ("导出 Markdown", "Export as Markdown"),
    "index": ("文档库", "Index"),
    "language": ("界面语言", "Interface language"),
    "documents": ("文档", "Documents"),
    "no_documents": (
        "这里还没有文档。请在下方上传。",
        "There are no documents here yet. Upload some below.",
    ),
    "upload": (
        "上传文档（txt · md · html · pdf · docx · pptx · xlsx …）",
        "Upload documents (txt · md · html · pdf · docx · pptx · xlsx …)",
    ),
    "one_unlisted": ("另有 {count} 份文档未列出。", "{count} more document is not listed."),
    "unlisted": ("另有 {count} 份文档未列出。", "{count} more documents are not listed."),
    "text": ("全文", "Text"),
    "notice": ("提示", "Notice"),
    "not_sent": (
        "上传没有到达服务器，请检查网络后重试。",
        "The upload did not reach the server; check the connection and try again.",
    ),
    "unavailable": (
        "这个文档库现在不能使用；下面是当时引用的段落。",
        "This index cannot be used right now; below is the passage as cited.",
    ),
    "reading": ("正在读取……", "Reading…"),
    "examples": ("试试这些问题", "Try one of these"),
    "searching": ("正在检索……", "Searching…"),
    "searched": ("实际检索的问题：", "Searched for: "),
    "short_answer": ("简答", "In short"),
    "translation": ("译", "Translated"),
    "translated_note": (
        "按双语词典译出，不是文档原文",
        "translated with a bilingual dictionary, not the document's words",
    ),
    "cited": ("引用", "Cited"),
    "not_cited": ("读过但未引用", "Read, not cited"),
    "closest": ("我找到的最接近的内容", "Closest I found"),
    "open_it": ("打开", "Open"),
    "why_refused": (
        "读了 {count} 个段落，没有一个足以回答（把握 {confidence}）。",
        "Read {count} passages; none of them answers well enough (confidence {confidence}).",
    ),
    "one_why_refused": (
        "读了 {count} 个段落，它不足以回答（把握 {confidence}）。",
        "Read {count} passage; it does not answer well enough (confidence {confidence}).",
    ),
    "gloss": ("词典注释", "Dictionary gloss"),
    "gloss_note": (
        "来自双语词典，不是文档原文",
        "from a bilingual dictionary, not from the document",
    ),
    "confidence": ("把握", "Confidence"),
    "sure": ("有把握", "Sure"),
    "likely": ("很可能", "Likely"),
    "unsure": ("没把握", "Unsure"),
    "copy_answer": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "edit": ("修改问题", "Edit the question"),
    "useful": ("有用", "Useful"),
    "not_useful": ("没用", "Not useful"),
    "note": ("补充说明（可选）", "A note (optional)"),
    "save": ("保存", "Save"),
    "saved": ("已保存", "Saved"),
    "source": ("原文", "Source"),
    "close": ("关闭", "Close"),
    "file": ("文件", "File"),
    "page": ("第{page}页", "p. {page}"),
    "from_ocr": ("由图片识别", "from OCR"),
    "file_gone": ("文件已不在原处", "its file is gone"),
    "section": ("章节", "Section"),
    "date": ("日期", "Date"),
    "quote": ("引文（原文）", "Quote (original)"),
    "passage": ("段落", "Passage"),
    "in_context": ("在文中的位置", "In its place"),
    "earlier_text": ("……前文从略……", "… earlier text left out …"),
    "later_text": ("……后文从略……", "… later text left out …"),
    "changed": (
        "这份文档在回答之后被修改或删除；下面是当时引用的段落。",
        "This document was changed or removed after the answer; below is the passage as cited.",
    ),
    "delete": ("删除", "Delete"),
    "delete_conversation": ("删除对话“{name}”？", "Delete the conversation “{name}”?"),
    "delete_document": ("从文档库中删除“{name}”？", "Remove “{name}” from the index?"),
    "indexed": ("已收录", "Indexed"),
    "unchanged": ("没有变化", "Unchanged"),
    "skipped": ("未收录", "Skipped"),
    "removed": ("已删除", "Removed"),
    "busy": (
        "现在提问的人太多，请稍后再试。",
        "Too many questions at once; please try again in a moment.",
    ),
    "out_of_order": (
        "这个文档库现在不能使用，原因已记入服务器日志。",
        "This index cannot be used right now; the server's log says why.",
    ),
    "failed": ("没有成功：{reason}", "That did not work: {reason}"),
    "read_only": (
        "你的密钥只能提问，不能修改文档。",
        "Your key may ask, but not change documents.",
    ),
    "log_out": ("退出登录", "Log out"),
    "chunks": ("{count} 段", "{count} passages"),
    "one_chunks": ("{count} 段", "{count} passage"),
    # answers in a language model's words
    "wording": (
        "语言模型正在组织回答，每句核对后才显示……",
        "A language model words the answer; each sentence shows once it is checked…",
    ),
    "sent_to": (
        "为了组织回答，段落会发送到 {host}（{model}）。",
        "To word answers, passages are sent to {host} ({model}).",
    ),
    "left_out_or_marked": ("未采用或已标出", "Left out or marked"),
    "shown_marked": ("回答中已标出", "marked in the answer"),
    "extractive": ("回答用的是文档原文。", "The answer is in the documents' own words."),
    # anyone's text checked against the documents
    "views": ("视图", "View"),
    "view_ask": ("提问题", "Ask a question"),
    "view_check": ("核对文字", "Check a text"),
    "check": ("核对", "Check"),
    "check_text": ("要核对的文字", "Text to check"),
    "check_placeholder": (
        "粘贴一段文字，逐句与文档核对……",
        "Paste a text; each sentence is checked against the documents…",
    ),
    "checking": ("正在逐句核对……", "Checking each sentence…"),
    "no_sentences": (
        "这段文字里没有可以核对的句子。",
        "There is no sentence in this text to check.",
    ),
    "checked": ("核对结果", "Result"),
    "verdict_supported": ("有依据", "Supported"),
    "verdict_unsupported": ("无依据", "Not supported"),
    "verdict_contradicted": ("与文档不符", "Contradicted"),
    "checked_against": ("对照的原文", "Checked against"),
}


def words(language: str) -> Mapping[str, str]:
    """All words of the interface in `language`, `zh` or `en`."""
    return {name: pair[language == "en"] for name, pair in _TEXTS.items()}


def counted(name: str, count: int, language: str, **others: object) -> str:
    """The text of that name for a number of things, one of them in the singular.

    >>> counted("chunks", 1, "en"), counted("chunks", 2, "en"), counted("chunks", 1, "zh")
    ('1 passage', '2 passages', '1 段')
    """
    texts = words(language)
    return texts[f"one_{name}" if count == 1 else name].format(count=count, **others)


def choose_language(wish: str) -> str:
    """The interface's language for a browser's language tag: Chinese where it begins with `zh`.

    >>> choose_language("zh-TW"), choose_language("en-GB"), choose_language("")
    ('zh', 'en', 'en')
    """
    return "zh" if wish.lower().startswith("zh") else "en"
