import pytest

from rag.evaluation.overlap import overlap, rouge_l

STEPS = "先打开设置，再选择网络，然后点击高级选项，最后保存并重启设备。"
ENGLISH = (
    "Open the settings, then choose the network, click on advanced options at the bottom of the"
    " page, save what you changed there and start the device once more."
)


def test_rouge_l_counts_what_stands_in_the_same_order():
    assert rouge_l("abcde", "ace") == pytest.approx(2 * 3 / 8)
    assert rouge_l("abcde", "eca") == pytest.approx(2 * 1 / 8)
    assert rouge_l("abc", "abc") == 1.0
    assert rouge_l("", "abc") == rouge_l("abc", "") == 0.0


def test_the_reference_that_suits_best_counts_and_order_only_for_rouge_l():
    both = overlap([[ENGLISH, STEPS]], "重启设备，打开设置。[1]")

    assert both is not None
    assert both.f1 == pytest.approx(2 * 8 / (27 + 8))
    assert both.rouge_l == pytest.approx(2 * 4 / (27 + 8))


def test_short_answers_and_lists_are_no_free_text():
    assert overlap([["西雅图"]], "西雅图") is None
    assert overlap([[STEPS], ["重启"]], STEPS) is None
    assert overlap([], STEPS) is None


def test_an_english_answer_counts_by_words():
    found = overlap([[ENGLISH]], "start the device")

    assert found is not None
    assert found.f1 == found.rouge_l == pytest.approx(2 * 2 / (23 + 2))
