"""Which document some words of a question mean: this one, all of them, or one by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_PAPER = (
    r"(?:documents?|docs?|files?|articles?|texts?|papers?|pages?|pdfs?|essays?|(?:blog )?posts?"
    r"|e-?mails?|mails?)"
)
_KIND = (  # what may be read in a document, and be a document
    r"(?:letters?|reports?|speech(?:es)?|briefings?|newsletters?|press releases?|memos?|minutes"
    r"|notes|manuals?|guides?|contracts?|agreements?|polic(?:y|ies)|books?|stor(?:y|ies)"
    r"|presentations?|transcripts?|interviews?|white ?papers?|surveys?|stud(?:y|ies)|brochures?"
    r"|leaflets?|statements?|judge?ments?|records)"
)
_DOCUMENT = r"(?:文件|文档|文章|资料|材料|文献|文本|全文|正文|短文|网页|帖子|邮件|pdf)"
_SORT = (
    r"(?:公开信|信件?|报告|报道|讲话稿?|演讲稿?|论文|书|手册|指南|合同|协议|新闻稿?|简报|通知|公告"
    r"|意见|通讯|访谈|采访|白皮书|规划|备忘录|纪要|游记|笔记|文|稿|篇)"
)
_STORE = r"(?:知识库|资料库|文档库|文库|数据库|文件夹|库)"
_SHELF = r"(?:collection|knowledge ?base|library|corpus|index|database|archive|folder|data ?set)"
_PRONOUN = re.compile(r"it|this|that|它|这个?|那个?|此", re.IGNORECASE)
_THIS = re.compile(
    rf"(?:本|此|该|全|上|下)文|本[篇份]|(?:这|那|此|该|上述)(?:一?[篇份则封本])(?:{_SORT}|{_DOCUMENT})?"
    rf"|(?:这|那|此|该|本|整|上述|刚才的?)(?:一?[个篇份则封本段])?(?:{_DOCUMENT}|{_SORT})|{_DOCUMENT}"
    r"|(?:(?:the|this|that|my|your|our|current|given|above|uploaded|attached|whole|entire) )*"
    rf"{_PAPER}(?<!s)"
    rf"|(?:this|that) (?:whole |entire )?{_KIND}(?<!ies)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"(?:这|那|所有|全部|各|你的?|上传的?|您的?|手头|库里|的|几[篇份个]"
    rf"|[两二三四五六七八九十\d]+[篇份个]|些|里面?|中)+(?:{_DOCUMENT})?"
    rf"|(?:这个?|你的?|整个)?{_STORE}|所有内容|全部内容|一切"
    r"|(?:(?:all|of|the|these|those|your|my|our|every|each|both|indexed|uploaded|\d+) )*"
    rf"(?:{_PAPER}(?<=s)|{_SHELF}|data|sources|materials)"
    r"|(?:all (?:of )?)?(?:these|those|they|them)|all(?: of it)?|everything",
    re.IGNORECASE,
)
_NOUN = re.compile(rf"\b{_PAPER}\b|{_DOCUMENT}", re.IGNORECASE)
_SORT_OF_TEXT = re.compile(rf"\b{_KIND}\b|{_SORT}$", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"^(?:the|this|that|an?|your|our) |(?<=[\u3400-\u9fff])的$"
    r"|^(?:关于|有关|名为|题为|叫做?|那[篇份个则封本]|这[篇份个则封本])"
    r"|\b(?:called|titled|entitled|named|about|on|concerning|regarding) |的?那[篇份个则封本]$",
    re.IGNORECASE,
)
_PART_OF = re.compile(rf"\w (?:of|to|in|for) (?:the |this )?(?:\w+ )?{_PAPER}$", re.IGNORECASE)
_QUOTED = re.compile(r"《(.+)》|“(.+)”|「(.+)」|『(.+)』|\"(.+)\"|(?<!\w)['‘](.+)['’](?!\w)")


class Reference(StrEnum):
    """How a document is meant."""

    THIS = "this"  # the one spoken of, or the only one
    ALL = "all"  # the collection
    NAMED = "named"  # "the article on lobsters": a document, by these words
    TITLE = "title"  # "Lobsters, maple syrup …": a document only if that is its title


@dataclass(frozen=True, slots=True)
class Meant:
    """A document as some words mean it; `words` are those that tell it from others.

    `is_pronoun` where the words are no more than "it"; `is_bare` where they name a sort of text,
    such as a letter, that a document may be or speak of, or a part of one;
    `is_quoted` where they stand in the marks of a title.
    """

    reference: Reference
    words: str = ""
    is_pronoun: bool = False
    is_bare: bool = False
    is_quoted: bool = False

    @property
    def is_surely_a_document(self) -> bool:
        """Whether nothing else can be meant, such as a speech that a document tells of."""
        return self.is_quoted or not (self.reference is Reference.TITLE or self.is_bare)


def reference(words: str) -> Meant:
    """The document that some words of a question mean, this one where there are no words.

    >>> reference("这篇文章").reference, reference("these files").reference
    (<Reference.THIS: 'this'>, <Reference.ALL: 'all'>)
    >>> reference("the article on lobsters").words, reference("B200").reference
    ('lobsters', <Reference.TITLE: 'title'>)
    """
    words = words.strip(" ,，的")
    if not words:
        return Meant(Reference.THIS)
    if _PRONOUN.fullmatch(words):
        return Meant(Reference.THIS, is_pronoun=True)
    if _THIS.fullmatch(words):
        return Meant(Reference.THIS)
    if _ALL.fullmatch(words):
        return Meant(Reference.ALL)
    if quoted := _QUOTED.search(words):
        return Meant(Reference.TITLE, next(filter(None, quoted.groups())), is_quoted=True)
    if _NOUN.search(words):
        told = _without_frame(_NOUN.sub("", words)) or words
        return Meant(Reference.NAMED, told, is_bare=bool(_PART_OF.search(words)))
    if _SORT_OF_TEXT.search(words):
        return Meant(Reference.NAMED, _without_frame(words), is_bare=True)
    return Meant(Reference.TITLE, _without_frame(words))


def _without_frame(words: str) -> str:
    former = ""
    while former != words:
        former, words = words, " ".join(_QUALIFIER.sub("", words.strip()).split())
    return words
