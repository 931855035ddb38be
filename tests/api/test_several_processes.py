"""Two servers over one folder of indexes, as behind a balancer: what one knows, both do."""

import httpx
import pytest
from serving import serving

pytestmark = [pytest.mark.process, pytest.mark.model]
KEY = {"Authorization": "Bearer k3y"}


@pytest.fixture(scope="module")
def two(models, tmp_path_factory):
    """Their addresses."""
    indexes = tmp_path_factory.mktemp("indexes")
    with (
        serving(indexes, WENJU_API_KEYS="k3y") as one,
        serving(indexes, WENJU_API_KEYS="k3y") as other,
    ):
        yield one, other


def test_what_one_was_given_is_found_by_the_other_until_that_removes_it(two):
    one, other = two
    letter = {"files": ("信.txt", "渡轮每天三次。The ferry runs three times a day.".encode())}
    asked = {"query": "渡轮", "top_k": 1}

    given = httpx.post(f"{one}/v1/documents", files=letter, headers=KEY, timeout=60)
    found = httpx.post(f"{other}/v1/retrieve", json=asked, headers=KEY, timeout=60).json()
    assert given.status_code == 200
    assert [hit["document_id"] for hit in found["hits"]] == ["信.txt"]

    removed = httpx.delete(f"{other}/v1/documents/信.txt", headers=KEY, timeout=60)
    found = httpx.post(f"{one}/v1/retrieve", json=asked, headers=KEY, timeout=60).json()
    assert removed.is_success
    assert found["hits"] == []


def test_who_signs_in_at_one_is_known_to_the_other(two):
    one, other = two
    signed_in = httpx.post(f"{one}/login", data={"key": "k3y"}, timeout=60)
    cookie = {"Cookie": signed_in.headers["set-cookie"].split(";")[0]}

    assert signed_in.status_code == 303
    assert httpx.get(f"{other}/v1/documents", timeout=60).status_code == 401
    assert httpx.get(f"{other}/v1/documents", headers=cookie, timeout=60).status_code == 200
