from email.message import EmailMessage

import pytest
from office_files import docx, p

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.documents.mail import parse_mail


def message(subject="缴费通知", sender="顾南枝 <gu@example.org>"):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, sender, "all@example.org"
    mail["Date"] = "Mon, 12 Mar 2029 08:00:00 +0800"
    return mail


def test_an_email_is_its_heading_and_its_plain_text():
    mail = message()
    mail.set_content("年费为880元。\n")
    mail.add_alternative("<p>年费为<b>880</b>元。</p><p>页面</p>", "html")

    parsed, attachments = parse_mail(mail.as_bytes())

    assert parsed.title == "缴费通知"
    assert parsed.meta == {
        "author": "顾南枝 <gu@example.org>",
        "date": "Mon, 12 Mar 2029 08:00:00 +0800",
    }
    assert parsed.text.strip() == (
        "Subject: 缴费通知\nFrom: 顾南枝 <gu@example.org>\nTo: all@example.org\n"
        "Date: Mon, 12 Mar 2029 08:00:00 +0800\n\n年费为880元。"
    )
    assert attachments == []


@pytest.mark.parametrize("charset", ["gb2312", "unknown-8bit", "utf-8"])
def test_texts_whose_charset_is_declared_or_wrong(charset):
    head = f"Subject: x\nContent-Type: text/plain; charset={charset}\n"
    head += "Content-Transfer-Encoding: 8bit\n\n"

    parsed, _ = parse_mail(head.encode() + "今天，第一批货船到达了朱镕基港。".encode("gb18030"))

    assert parsed.text == "Subject: x\n\n今天，第一批货船到达了朱镕基港。"


def test_an_email_that_is_only_a_page():
    mail = message("Fees")
    mail.set_content("<p>The fee is <b>880</b>.</p>", "html")

    assert parse_mail(mail.as_bytes())[0].text.endswith("+0800\n\nThe fee is 880.")


def test_attachments_are_documents_of_their_own(tmp_path):
    mail = message()
    mail.set_content("见附件。")
    for name, content in [
        ("办法.docx", docx(p("补办25元。"))),
        ("标.png", b"\x89PNG"),
        ("办法.docx", b"x"),
    ]:
        mail.add_attachment(content, "application", "octet-stream", filename=name)
    (tmp_path / "信.eml").write_bytes(mail.as_bytes())

    documents, reports = load(InputFile(tmp_path / "信.eml", "a/信.eml", "a/信.eml"))

    assert [(document.id, document.source) for document in documents] == [
        ("a/信.eml", "a/信.eml"),
        ("a/信.eml/办法.docx", "a/信.eml/办法.docx"),
    ]
    assert documents[1].text == "补办25元。"
    assert [(report.source, report.reason) for report in reports] == [
        ("a/信.eml/标.png", "unsupported format .png"),
        ("a/信.eml/办法.docx", "another file in it has the same name"),
    ]


def test_a_message_sent_on_within_another():
    inner = message("内")
    inner.set_content("里面的话。")
    outer = message("外")
    outer.set_content("转发。")
    outer.add_attachment(inner)

    assert "转发。" in parse_mail(outer.as_bytes())[0].text
    assert "里面的话。" in parse_mail(outer.as_bytes())[0].text
