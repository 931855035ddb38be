"""Claims as a file, and what their labels allow."""

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims.example import ClaimExample, read, write

CLAIM = ClaimExample(
    "塔高42米。", ReaderInput("灯塔", "It is 42 m high."), "supported", "made", "unit"
)


def test_what_is_written_is_read_again(tmp_path):
    others = [
        CLAIM,
        ClaimExample("It rains.", ReaderInput("", "Rain."), "refuted", "nli", "", True),
    ]

    write(tmp_path / "new" / "claims.jsonl", others)

    assert read(tmp_path / "new" / "claims.jsonl") == others
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["claims.jsonl"]


def test_a_label_allows_its_class_or_either_of_two():
    labels = ("supported", "refuted", "not_enough", "not_supported")
    found = [ClaimExample("x", CLAIM.evidence, label, "made").targets for label in labels]

    assert found == [(0,), (1,), (2,), (1, 2)]


def test_a_direction_names_the_languages_of_claim_and_evidence():
    assert CLAIM.direction == "zh→en"
