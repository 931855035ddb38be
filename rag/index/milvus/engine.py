"""A Milvus server, cluster or file: the home of pymilvus."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rag.errors import BadSetting, IndexUnavailable

Row = dict[str, Any]
AT_ONCE = 200  # rows of a request: a record has up to 60 kB, a message of gRPC 64 MB
MOST = 16_384  # rows that a search or query gives
_SECONDS = 10  # to reach a server


class Milvus:
    """One connection; safe to share between threads. What fails raises IndexUnavailable."""

    def __init__(self, uri: str, token: str = "", database: str = "") -> None:
        """Connect to `http(s)://host:port`, or to a file that ends in `.db`; raises BadSetting."""
        try:
            import pymilvus
        except ImportError as error:
            message = "WENJU_STORE=milvus needs the package pymilvus"
            raise BadSetting(message, "run: pip install 'wenju[milvus]'") from error
        for library in ("pymilvus", "milvus_lite"):  # they log what they raise, too
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self.uri = uri
        self._pymilvus = pymilvus
        self._failures = (pymilvus.MilvusException, OSError)
        self._writes = threading.RLock()  # milvus-lite takes one at a time
        # milvus-lite hangs up on who asks it too often whether it is still there.
        pings = {"grpc.keepalive_permit_without_calls": uri.startswith("http")}
        with self._translated():
            self._client = pymilvus.MilvusClient(
                uri, token=token, db_name=database, timeout=_SECONDS, grpc_options=pings
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            what = " ".join(str(getattr(error, "message", error)).split())
            raise IndexUnavailable(
                f"Milvus at {self.uri} cannot be used ({what})",
                "see that it runs and that WENJU_MILVUS_URI, _TOKEN and _DATABASE are right; "
                "a file is for one process at a time",
            ) from error

    def close(self) -> None:
        """Let go of the connection."""
        with self._translated():
            self._client.close()

    def tables(self) -> list[str]:
        """Names of all collections."""
        with self._translated():
            return list(self._client.list_collections())

    def make(self, table: str, fields: Sequence[Mapping[str, Any]]) -> None:
        """Make a collection of these fields, if it is not there.

        The first is the key; vectors are searched by inner product, and what is `sought` is found
        without reading all rows. Whoever reads sees all that was
        written before (`Strong`).
        """
        kinds = self._pymilvus.DataType
        with self._translated():
            schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
            searched = self._client.prepare_index_params()
            for number, field in enumerate(fields):
                kind = getattr(kinds, field["kind"])
                more = {key: field[key] for key in field if key not in ("name", "kind", "sought")}
                schema.add_field(field["name"], kind, is_primary=number == 0, **more)
                if kind == kinds.FLOAT_VECTOR:
                    searched.add_index(field["name"], index_type="AUTOINDEX", metric_type="IP")
                elif kind == kinds.SPARSE_FLOAT_VECTOR:
                    sort = "SPARSE_INVERTED_INDEX"
                    searched.add_index(field["name"], index_type=sort, metric_type="IP")
                elif field.get("sought"):
                    searched.add_index(field["name"], index_type="INVERTED")
            with self._writes:
                if not self._client.has_collection(table):
                    self._client.create_collection(
                        table, schema=schema, index_params=searched, consistency_level="Strong"
                    )

    def load(self, table: str) -> None:
        """Have a collection ready to be read."""
        with self._translated():
            self._client.load_collection(table)

    def drop(self, table: str) -> None:
        """Remove a collection."""
        with self._translated(), self._writes:
            self._client.drop_collection(table)

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows, in the place of those with the same keys."""
        for start in range(0, len(rows), AT_ONCE):
            with self._translated(), self._writes:
                self._client.upsert(table, list(rows[start : start + AT_ONCE]))

    def delete(self, table: str, where: str) -> None:
        """Remove the rows of which the expression `where` is true."""
        with self._translated(), self._writes:
            self._client.delete(table, filter=where)

    def get(
        self, table: str, keys: Sequence[str] | Sequence[int], columns: Sequence[str]
    ) -> list[Row]:
        """The rows with these keys, in any order."""
        found: list[Row] = []
        for start in range(0, len(keys), AT_ONCE):
            ids = list(keys[start : start + AT_ONCE])
            with self._translated():
                found += self._client.get(table, ids=ids, output_fields=list(columns))
        return found

    def all(self, table: str, where: str, columns: Sequence[str]) -> list[Row]:
        """All rows of which the expression `where` is true."""
        found: list[Row] = []
        with self._translated():
            rows = self._client.query_iterator(
                table, batch_size=AT_ONCE, filter=where, output_fields=list(columns)
            )
            while batch := rows.next():
                found += batch
            rows.close()
        return found

    def few(self, table: str, where: str, columns: Sequence[str]) -> list[Row]:
        """The same in one request, for those that are fewer than `MOST`."""
        with self._translated():
            return list(
                self._client.query(table, filter=where, output_fields=list(columns), limit=MOST)
            )

    def nearest(
        self, table: str, field: str, vector: object, limit: int, where: str, columns: Sequence[str]
    ) -> list[tuple[int, float, Row]]:
        """Key, inner product and columns of the best rows, best first; `field` holds vectors."""
        with self._translated():
            ((*hits,),) = self._client.search(
                table,
                data=[vector],
                anns_field=field,
                limit=min(limit, MOST),
                filter=where,
                output_fields=list(columns),
                search_params={"metric_type": "IP"},
            )
        return [(hit["key"], float(hit["distance"]), hit["entity"]) for hit in hits]
