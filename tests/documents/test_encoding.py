from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

import pytest

from rag.documents.encoding import FREQUENT_HAN, decode
from rag.errors import Unreadable
from rag.language.text import to_simplified

SIMPLIFIED = (
    "北湾港的新码头已经开始接收第一批货船，港务局说：今年的吞吐量会比去年多两成。\n共12个泊位。"
)
TRADITIONAL = (
    "北灣港的新碼頭已經開始接收第一批貨船，港務局說：今年的吞吐量會比去年多兩成。\n共12個泊位。"
)
ENGLISH = "The new quay took in its first ships.\nIt has 12 berths."


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, ENGLISH])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"],
)
def test_unicode_and_gb18030(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_gbk_and_big5():
    assert decode(SIMPLIFIED.encode("gbk")) == SIMPLIFIED
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_a_few_characters_are_enough():
    assert decode("跨境电商".encode("gbk")) == "跨境电商"
    assert decode("電子商務".encode("big5")) == "電子商務"


def test_utf16_of_han_alone_has_no_zero_bytes():
    text = "跨境电商综合试验区的物流与海关"
    assert b"\0" not in text.encode("utf-16-le")
    assert decode(text.encode("utf-16-le")) == text


def test_windows_quotes_and_accents_in_english():
    text = "The café’s menu – “naïve” – costs £5."
    assert decode(text.encode("cp1252")) == text


def test_declared_charset_is_respected():
    page = '<?xml version="1.0" encoding="shift_jis"?><p>テスト</p>'
    assert decode(page.encode("shift_jis")) == page
    page = '<meta charset="gb2312"><p>北湾港</p>'
    assert decode(page.encode("gbk")) == page


def test_utf8_wins_over_a_wrong_declaration():
    page = '<meta charset="gb2312"><p>北湾港</p>'
    assert decode(page.encode("utf-8")) == page
    page = '<meta charset="no-such-thing"><p>的港口</p>'
    assert decode(page.encode("gbk")) == page


def test_a_character_cut_off_at_the_end_is_left_out():
    assert decode(SIMPLIFIED.encode()[:-1]) == SIMPLIFIED[:-1]
    assert decode(("北湾港的船" * 9).encode("gbk")[:-1]) == ("北湾港的船" * 9)[:-1]


def test_a_bad_byte_in_much_utf8_is_shown_as_damage():
    data = (SIMPLIFIED * 2).encode().replace("货".encode(), b"\xff", 1)
    assert decode(data) == (SIMPLIFIED * 2).replace("货", "\ufffd", 1)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0",
        bytes(range(256)) * 4,
        b"\x7fELF\x02\x01\x01\0\0\0\0\0",
        bytes(range(1, 32)) * 8,
        b"\xff\xfe" + "\1\2".encode("utf-16-le") * 50,
    ],
)
def test_binary_data_is_refused(data):
    with pytest.raises(Unreadable, match="binary"):
        decode(data)


KOREAN = "새 부두가 문을 열었고 첫 화물선이 입항했다. 시장은 신중하다."
RUSSIAN = "Новый причал открылся, и первое грузовое судно вошло в порт."


@pytest.mark.parametrize(
    ("text", "encoding"), [(KOREAN, "euc_kr"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp1251")]
)
def test_a_foreign_encoding_is_refused_rather_than_read_as_chinese(text, encoding):
    with pytest.raises(Unreadable, match="unknown encoding"):
        decode(text.encode(encoding))


def test_the_frequent_characters_are_those_of_the_dictionary():
    counts = Counter()
    for line in (
        Path(distribution("jieba").locate_file("jieba/dict.txt")).read_text("utf-8").splitlines()
    ):
        word, count, _ = line.split(" ")
        for character in word:
            counts[character] += int(count)
    simplified = [
        character
        for character, _ in counts.most_common(800)
        if "\u4e00" <= character <= "\u9fff" and to_simplified(character) == character
    ]

    assert frozenset(simplified[:500]) == FREQUENT_HAN
