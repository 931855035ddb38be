"""Indexes in Milvus: in a file, or on the server that `WENJU_TEST_MILVUS_URI` names."""

import os
import uuid
from importlib.util import find_spec

import pytest

from rag.index.milvus.engine import Milvus
from rag.index.milvus.store import MilvusStore
from rag.index.milvus.tables import table_name


@pytest.fixture(scope="session")
def milvus_uri(tmp_path_factory) -> str:
    server = os.environ.get("WENJU_TEST_MILVUS_URI", "")
    needed = "pymilvus" if server else "milvus_lite"
    if find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed (the extra milvus)")
    return server or str(tmp_path_factory.mktemp("milvus") / "milvus.db")


@pytest.fixture(scope="session")
def milvus(milvus_uri):
    opened = Milvus(milvus_uri, os.environ.get("WENJU_TEST_MILVUS_TOKEN", ""))
    yield opened
    opened.close()


@pytest.fixture
def milvus_index(milvus):
    """The name of an index that is gone in the end."""
    name = f"索引-{uuid.uuid4().hex[:8]}"
    yield name
    for table in milvus.tables():
        if table.startswith(table_name(name)):
            milvus.drop(table)


@pytest.fixture
def milvus_store(milvus, milvus_index) -> MilvusStore:
    return MilvusStore.create(milvus, milvus_index, "character-pairs", 64)
