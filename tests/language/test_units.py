from rag.language.units import units


def parts(text):
    return [text[start:end] for start, end in units(text)]


def test_a_short_sentence_is_a_unit():
    assert parts("灯塔建于1893年。它有301级台阶。") == ["灯塔建于1893年。", "它有301级台阶。"]


def test_a_long_sentence_is_cut_at_its_clauses():
    first = "这座灯塔由一位不愿留下姓名的船主出资，"
    second = "在最险的礁石上用了整整七个夏天才砌成，"
    third = "第一次点亮的那一夜全镇的男女老少都站在堤上远远地看着它。"
    assert parts(first + second + third) == [first, second, third]


def test_a_short_clause_stays_with_the_next_one():
    long = "一" * 50
    assert parts(f"其实，{long}，{long}。") == [f"其实，{long}，", f"{long}。"]


def test_english_may_be_twice_as_long():
    sentence = (
        "The keeper climbs the stairs every evening, and lights the lamp before the fleet is in."
    )
    assert parts(sentence) == [sentence]


def test_punctuation_left_at_the_front_is_no_part_of_a_unit():
    assert parts("，而且要亮。") == ["而且要亮。"]
    assert parts("。。。") == []
    assert parts("") == []
