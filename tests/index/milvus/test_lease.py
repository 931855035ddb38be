import pytest

from rag.errors import IndexBusy
from rag.index.milvus import lease
from rag.index.milvus.lease import SECONDS, Lease
from rag.index.milvus.tables import Tables

pytestmark = pytest.mark.milvus


@pytest.fixture
def tables(milvus, milvus_index, milvus_store, monkeypatch):
    monkeypatch.setattr(lease, "PATIENCE", 0.1)
    return Tables(milvus, milvus_index)


def test_one_writes_at_a_time(tables):
    first, second = Lease(tables), Lease(tables)
    with (
        first.held(),
        pytest.raises(IndexBusy, match="another process is writing to the index"),
        second.held(),
    ):
        pass
    with second.held():
        second.renew()


def test_a_writer_that_died_is_in_the_way_until_its_lease_is_over(tables):
    dead = Lease(tables, clock=lambda: 1000.0).held()
    dead.__enter__()
    just_before, after = (Lease(tables, clock=lambda at=at: at) for at in (1299.0, 1301.0))

    with pytest.raises(IndexBusy), just_before.held():
        pass
    with after.held():
        pass


def test_a_writer_whose_lease_was_over_commits_nothing(tables):
    now = [1000.0]
    slow = Lease(tables, clock=lambda: now[0])
    with slow.held():
        now[0] += SECONDS - 1
        slow.renew()
        now[0] += SECONDS + 1
        with pytest.raises(IndexBusy, match="was left to another writer after 300 seconds"):
            slow.renew()
