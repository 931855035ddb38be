"""What a page's text keeps of what a browser shows."""

import pytest

from rag.documents.html import parse_html


def text_of(body):
    return parse_html(f"<html><body>{body}</body></html>".encode()).text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<ol><li>关闭阀门</li><li>旋下滤瓶</li></ol>", "1. 关闭阀门\n2. 旋下滤瓶"),
        ("<ol start=3><li>C</li><li value=7>G</li><li>H</li></ol>", "3. C\n7. G\n8. H"),
        ("<ol type=a><li>boots</li><li>rope</li></ol>", "a. boots\nb. rope"),
        ("<ol start=x><li><p> <b>关</b>阀门</p></li></ol>", "1. 关阀门"),
        ("<ol><li>1、关闭</li><li>2、旋下</li></ol>", "1、关闭\n2、旋下"),
        ("<ol style='list-style: none'><li>关闭</li></ol>", "关闭"),
        ("<ol><li>甲<ol type=i><li>子</li></ol></li><li>乙</li></ol>", "1. 甲\n\ni. 子\n\n2. 乙"),
        ("<ol><li></li><li><ul><li>甲</li></ul></li></ol>", "甲"),
        ("<ul><li>boots</li><li>rope</li></ul>", "boots\nrope"),
    ],
)
def test_items_of_numbered_lists_have_their_numbers(body, text):
    assert text_of(body) == text
