import pytest

from rag.training.untokenised import untokenised


@pytest.mark.parametrize(
    ("tokenised", "written"),
    [
        ("It was , in part ; first : true !", "It was, in part; first: true!"),
        ("Who won ? The Gators .", "Who won? The Gators."),
        ("the team 's captain did n't play", "the team's captain didn't play"),
        ("they 're , I 'm , we 've", "they're, I'm, we've"),
        ("( August 10 , 1897 )", "(August 10, 1897)"),
        ("a share of 43.2 % [ 3 ]", "a share of 43.2% [3]"),
        ("worth $ 5 or £ 4", "worth $5 or £4"),
        ("1981 -- 1982", "1981–1982"),
        ("Lou -- a friend -- left", "Lou – a friend – left"),
        ("the `` first '' of `` two ''", 'the "first" of "two"'),
        ("and '' of '' it", 'and "of" it'),
        ("a full.stop and 3,000", "a full.stop and 3,000"),
        ("天津 ，上海", "天津 ，上海"),  # Chinese texts are not tokenised
        ("", ""),
    ],
)
def test_words_and_marks_are_put_together(tokenised, written):
    assert untokenised(tokenised) == written


def test_what_was_put_together_stays():
    text = 'The team\'s "first" (1981–1982), at $5 or 43.2%.'

    assert untokenised(text) == text


def test_a_quotation_without_an_end_costs_little():
    text = "`` a " * 20_000

    assert untokenised(text) == text
