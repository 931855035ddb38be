"""Folders that set-up fills: how they come to be, how they are known again, how damage is named."""

import json

import pytest

from rag.errors import ModelMissing
from rag.models import builds

MANIFEST = {"build": 7, "model": "模型"}


def write(folder):
    (folder / "network.onnx").write_bytes(b"12345")
    (folder / "词汇.txt").write_bytes(b"{}")


def write_build(folder, text=None, **changes):
    """A folder as `save` leaves it, but for the changes."""
    folder.mkdir(parents=True)
    write(folder)
    manifest = {**MANIFEST, "bytes": {"network.onnx": 5, "词汇.txt": 2}, **changes}
    (folder / "model.json").write_text(json.dumps(manifest) if text is None else text, "utf-8")
    return folder


# How a build is made


def test_a_build_holds_its_files_and_a_manifest_and_nothing_lies_beside_it(tmp_path):
    folder = tmp_path / "数据 data" / "model"
    builds.save(folder, MANIFEST, write)

    assert builds.is_saved(folder, MANIFEST)
    assert (folder / "network.onnx").read_bytes() == b"12345"
    assert (folder / "词汇.txt").read_bytes() == b"{}"
    assert json.loads((folder / "model.json").read_text("utf-8")) == {
        "build": 7,
        "model": "模型",
        "bytes": {"network.onnx": 5, "词汇.txt": 2},
    }
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_new_build_takes_the_place_of_the_former(tmp_path):
    folder = tmp_path / "model"
    builds.save(folder, MANIFEST, write)
    builds.save(folder, {"build": 8}, lambda scratch: (scratch / "new.onnx").write_bytes(b"678"))

    assert not builds.is_saved(folder, MANIFEST)
    assert builds.is_saved(folder, {"build": 8})
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "new.onnx"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_the_former_build_is_whole_until_the_new_one_is(tmp_path):
    folder = tmp_path / "model"
    builds.save(folder, MANIFEST, write)
    seen = []

    def write_and_look(scratch):
        write(scratch)
        seen.append(builds.is_saved(folder, MANIFEST))

    builds.save(folder, {"build": 8}, write_and_look)

    assert seen == [True]


@pytest.mark.parametrize("has_former", [True, False])
def test_a_build_that_fails_leaves_what_was_there(tmp_path, has_former):
    folder = tmp_path / "model"
    if has_former:
        builds.save(folder, MANIFEST, write)

    def fail(scratch):
        write(scratch)
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        builds.save(folder, MANIFEST, fail)

    assert builds.is_saved(folder, MANIFEST) is has_former
    assert [path.name for path in tmp_path.iterdir()] == ["model"] * has_former


# How it is known again


def test_a_build_is_known_by_all_that_is_asked_for_and_the_sizes_of_its_files(tmp_path):
    folder = write_build(tmp_path / "model", dimension=384)

    assert builds.is_saved(folder, MANIFEST)
    assert builds.is_saved(folder, {"build": 7})
    assert builds.is_saved(folder, {})
    assert not builds.is_saved(folder, {"build": 8})
    assert not builds.is_saved(folder, {"build": "7"})
    assert not builds.is_saved(folder, {"build": 7, "adapter": "0"})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"模型"', "{}", '{"build": 7}', '{"bytes": {}}']
)
def test_a_garbled_manifest_is_no_build(tmp_path, text):
    assert not builds.is_saved(write_build(tmp_path / "model", text), {"build": 7})


def test_a_manifest_that_is_no_utf8_is_no_build(tmp_path):
    folder = write_build(tmp_path / "model")
    (folder / "model.json").write_bytes('{"build": "模型"}'.encode("gb18030"))

    assert not builds.is_saved(folder, {})


@pytest.mark.parametrize(
    "sizes",
    [
        None,
        {},
        [5, 2],
        {"network.onnx": 5},
        {"network.onnx": 5, "词汇.txt": None},
        {"network.onnx": 6, "词汇.txt": 2},
        {"network.onnx": 5, "词汇.txt": 2, "more.npy": 0},
    ],
)
def test_files_of_other_sizes_are_no_build(tmp_path, sizes):
    assert not builds.is_saved(write_build(tmp_path / "model", bytes=sizes), MANIFEST)


@pytest.mark.parametrize("name", ["network.onnx", "词汇.txt", "model.json"])
def test_a_missing_file_is_no_build(tmp_path, name):
    folder = write_build(tmp_path / "model")
    (folder / name).unlink()

    assert not builds.is_saved(folder, MANIFEST)


def test_nothing_an_empty_folder_or_a_file_is_no_build(tmp_path):
    (tmp_path / "file").write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "model.json").write_text('{"build": 7, "bytes": {}}')

    for name in ("nowhere", "file", "empty"):
        assert not builds.is_saved(tmp_path / name, {"build": 7})


# How damage is named


@pytest.mark.parametrize("error", [ValueError("bad magic"), RuntimeError("no model"), KeyError(3)])
def test_what_fails_within_is_named_with_the_remedy(tmp_path, error):
    with pytest.raises(ModelMissing) as raised, builds.damage_named(tmp_path / "模型"):
        raise error

    folder = tmp_path / "模型"
    assert str(raised.value) == (
        f"the model in {folder} is damaged; delete {folder} and run: wenju setup"
    )
    assert raised.value.__cause__ is error


def test_an_interruption_is_not_taken_for_damage(tmp_path):
    with pytest.raises(KeyboardInterrupt), builds.damage_named(tmp_path):
        raise KeyboardInterrupt
