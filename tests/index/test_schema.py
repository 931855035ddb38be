import pytest

from rag.errors import InvalidInput
from rag.index.schema import index_folder


@pytest.mark.parametrize(
    "name", ["../x", "", "a/b", "a\\b", "..", ".a", "-a", "a b", "a\n", "长" * 65]
)
def test_bad_index_names_are_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="is not an index name; use letters, digits"):
        index_folder(tmp_path, name)


@pytest.mark.parametrize("name", ["default", "电商", "v1.2-b_c", "7"])
def test_good_index_names_are_folders_of_that_name(tmp_path, name):
    assert index_folder(tmp_path, name) == tmp_path / name
