"""The judge's build: how it is recognised, and that there is none without its file."""

import json

import numpy as np
import pytest

from rag import engine
from rag.checking import judge_build
from rag.checking.judge import Judge, judgement_of
from rag.config import Settings
from rag.errors import ModelMissing
from rag.storage import file_digest


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """The adapter that this version brings: here a small file, whose bytes are the network."""
    path = tmp_path / "data" / "judge.bin"
    path.parent.mkdir()
    path.write_bytes("权重".encode())
    monkeypatch.setattr(judge_build, "ADAPTER", path)
    monkeypatch.setattr(judge_build, "merged", lambda path: path.read_bytes())
    monkeypatch.setattr(
        judge_build, "write", lambda path, weights, precision: path.write_bytes(weights)
    )
    return path


def test_a_build_is_known_by_the_adapter_and_this_version(tmp_path, brought):
    folder = tmp_path / "judge"
    judge_build.build(folder, "int8")

    assert judge_build.is_built(folder)
    assert json.loads((folder / "model.json").read_text("utf-8")) == {
        "build": judge_build.BUILD,
        "adapter": file_digest(brought),
        "precision": "int8",
        "bytes": {"encoder.onnx": 6},
    }
    brought.write_bytes("其他".encode())
    assert not judge_build.is_built(folder)


def test_without_the_file_there_is_no_judge(tmp_path, brought):
    brought.unlink()

    assert not judge_build.is_brought()
    assert not judge_build.is_built(tmp_path / "judge")
    assert engine.open_judge(Settings(models=tmp_path)) is None


def test_a_judge_that_is_not_prepared_says_how_to_prepare_it(tmp_path, brought):
    with pytest.raises(ModelMissing, match="run: wenju setup"):
        Judge(tmp_path / "judge")


def test_the_reader_switched_off_switches_off_the_judge(tmp_path, brought):
    assert engine.open_judge(Settings(models=tmp_path, reader=False)) is None


def test_logits_become_probabilities():
    found = judgement_of(np.array([np.log(6), np.log(3), 0.0]))

    assert (found.supported, found.contradicted, found.not_enough) == (0.6, 0.3, 0.1)
