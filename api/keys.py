"""API keys, the sessions of those who signed in with one, and how often one may try.

Nothing of keys or sessions is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.access import Access, Scope
from rag.errors import BadSetting
from rag.index.schema import is_index_name

SESSION_SECONDS = 14 * 24 * 3600
_MOST_FAILURES = 10
_WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
_FORM = "KEY, KEY:read or KEY:write, each also as KEY index=NAME index=NAME:read name=WHO"
_LIMITS = ("index=", "name=")
_SESSION = re.compile(r"(\d{1,12})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it allows, and the owner of the conversations held with it."""

    digest: bytes
    secret: bytes
    access: Access
    owner: str

    @classmethod
    def parse(cls, entry: str) -> Key:
        """The key of a setting `KEY`, `KEY:read` or `KEY:write`, each also with limits behind it.

        These are `index=NAME`, `index=NAME:read`, `index=NAME:write` and `name=WHO`. Raises
        BadSetting, in which nothing of the entry is repeated.
        """
        first, *limits = entry.split(" ")
        key, scope = _scoped(first, "write")
        if not re.fullmatch(r"[!-~]+", key):
            raise BadSetting(
                "an API key is empty or has other characters than ASCII letters, digits and signs",
                f"write WENJU_API_KEYS as {_FORM}, separated by commas",
            )
        if key.startswith(_LIMITS):  # a comma too many would make a key to everything of it
            raise BadSetting(
                "a limit stands where a key should in WENJU_API_KEYS",
                f"write {_FORM}, and commas between keys alone",
            )
        # Slow on purpose: who gets hold of a session cannot try out many keys against it.
        secret = hashlib.scrypt(key.encode(), salt=b"wenju", n=1 << 12, r=8, p=1)
        owner = hmac.digest(secret, b"owner", "sha256").hex()
        name = f"key-{hmac.digest(secret, b'name', 'sha256').hex()[:8]}"
        return cls(_digest(key.encode()), secret, _access(name, scope, limits), owner)

    @property
    def scope(self) -> Scope:
        """`write` where there is an index that it may write to."""
        return "write" if self.access.may_write_somewhere else "read"

    def session(self, expires: int) -> str:
        """The cookie of a session that ends at `expires` (seconds since 1970)."""
        signed = hmac.digest(self.secret, f"session {expires}".encode(), "sha256")
        return f"{expires}.{signed.hex()}"


class Keys:
    """All keys of a server; false where there are none, and everybody may do everything."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._keys = tuple(Key.parse(entry) for entry in entries)
        if len({key.digest for key in self._keys}) < len(self._keys):
            raise BadSetting("an API key is there twice", "correct WENJU_API_KEYS")
        if len({key.access.name for key in self._keys}) < len(self._keys):
            raise BadSetting("two API keys have the same name", "correct WENJU_API_KEYS")

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def are_limited(self) -> bool:
        """Whether some open certain indexes alone."""
        return any(key.access.indexes is not None for key in self._keys)

    def find(self, presented: bytes) -> Key | None:
        """The key with these bytes; all keys are compared, each in constant time."""
        digest = _digest(presented)
        return self._matching(lambda key: hmac.compare_digest(key.digest, digest))

    def of_session(self, cookie: str, now: float) -> Key | None:
        """The key that a session was begun with, if it has not ended and the key is still here."""
        found = _SESSION.fullmatch(cookie)
        if found is None or int(found[1]) <= now:
            return None
        expires, presented = int(found[1]), cookie.encode()
        return self._matching(
            lambda key: hmac.compare_digest(key.session(expires).encode(), presented)
        )

    def _matching(self, is_same: Callable[[Key], bool]) -> Key | None:
        matching = [key for key in self._keys if is_same(key)]
        return matching[0] if matching else None


class Throttle:
    """Counts the failures of each address: ten within a minute, and it has to wait."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def must_wait(self, address: str, now: float) -> bool:
        """Whether the address has failed too often of late."""
        failures = self._failures.get(address, ())
        return sum(failed > now - _WINDOW_SECONDS for failed in failures) >= _MOST_FAILURES

    def failed(self, address: str, now: float) -> None:
        """Count a failure."""
        self._failures.setdefault(address, deque(maxlen=_MOST_FAILURES)).append(now)
        self._failures.move_to_end(address)
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)


def _scoped(text: str, otherwise: Scope) -> tuple[str, Scope]:
    """What `:read` or `:write` stands behind, and which of them."""
    head, _, suffix = text.rpartition(":")
    if suffix == "read":
        return head, "read"
    return (head, "write") if suffix == "write" else (text, otherwise)


def _access(name: str, scope: Scope, limits: Sequence[str]) -> Access:
    """What a key of this name and scope allows within its limits."""
    indexes: dict[str, Scope] = {}
    for limit in filter(None, limits):
        field, _, value = limit.partition("=")
        index, allowed = _scoped(value, scope)
        if field == "index" and is_index_name(index) and index not in indexes:
            indexes[index] = allowed
        elif field == "name" and re.fullmatch(r"[\w.@-]{1,64}", value):
            name = value
        else:
            raise BadSetting(
                "what follows an API key after a space is no limit of it, or is there twice",
                f"write WENJU_API_KEYS as {_FORM}, separated by commas",
            )
    return Access(name, scope, indexes or None)


def _digest(presented: bytes) -> bytes:
    return hashlib.sha256(presented).digest()
