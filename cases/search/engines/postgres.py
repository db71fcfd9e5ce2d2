"""PostgreSQL full text: one narrow table of two tsvectors without positions, each behind a GIN index."""

import sys
from array import array
from collections.abc import Iterable

from django.db import connection
from pyroaring import BitMap

TABLE = "cases_search_tokens"
IDS = "cases_search_{scope}_ids"
CREATE = (
    # The vectors go out of line, so that a scan for visibility reads a few bytes a case.
    f"CREATE TABLE {TABLE} (case_id integer PRIMARY KEY, head tsvector NOT NULL, body tsvector NOT NULL) "
    "WITH (toast_tuple_target = 128)",
    *(f"CREATE INDEX {TABLE}_{scope} ON {TABLE} USING gin ({scope})" for scope in ("head", "body")),
    # The planner takes a word that most cases hold for a reason to read and unpack every vector: 450 ms for 100,000
    # cases against 12 ms by the index. Hence a function with a setting of its own. Keys come as one string of
    # big-endian 32-bit numbers, since 100,000 rows cost more to hand over than to find.
    *(
        f"CREATE FUNCTION {IDS.format(scope=scope)}(query tsquery) RETURNS bytea LANGUAGE sql STABLE "
        "SET enable_seqscan = off "
        f"AS $$ SELECT string_agg(int4send(case_id), ''::bytea) FROM {TABLE} WHERE {scope} @@ query $$"
        for scope in ("head", "body")
    ),
)
DROP = (
    *(f"DROP FUNCTION IF EXISTS {IDS.format(scope=scope)}(tsquery)" for scope in ("head", "body")),
    f"DROP TABLE IF EXISTS {TABLE}",
)
UPSERT = (
    f"INSERT INTO {TABLE} (case_id, head, body) VALUES (%s, array_to_tsvector(%s), array_to_tsvector(%s)) "
    "ON CONFLICT (case_id) DO UPDATE SET head = excluded.head, body = excluded.body"
)


class PostgresEngine:
    def write(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, [(key, sorted(head), sorted(body)) for key, head, body in documents])

    def delete(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE case_id = ANY(%s)", [list(keys)])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")

    def ids(self, scope: str, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        query = " & ".join(f"'{token}'" for token in tokens) + (":*" if prefix else "")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {IDS.format(scope=scope)}(%s::tsquery)", [query])
            return _bitmap(cursor.fetchone()[0])

    def indexed(self) -> BitMap:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT string_agg(int4send(case_id), ''::bytea) FROM {TABLE}")
            return _bitmap(cursor.fetchone()[0])


def _bitmap(packed: bytes | None) -> BitMap:
    keys = array("I", bytes(packed or b""))
    if sys.byteorder == "little":
        keys.byteswap()
    return BitMap(keys)
