"""The engines of the two databases behind one interface: sets of tokens in, bitmaps of primary keys out.

Their tables are made by migrations (``0002_search``) and hold nothing that ``reindex`` cannot make again.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Iterable
from typing import Literal, Protocol

from django.db import connection
from pyroaring import BitMap

Scope = Literal["head", "body"]
Document = tuple[int, set[str], set[str]]  # primary key, head tokens, body tokens
TOKENS = "cases_search_tokens"
FTS = {"head": "cases_search_head", "body": "cases_search_body"}
IDS = "cases_search_{scope}_ids"
THESE = "(SELECT value FROM json_each(%s))"  # keys as one parameter: their number has no limit


class Engine(Protocol):
    """``head`` holds title, institution and terms; ``body`` holds those and all the text.

    Tokens are what ``analysis.Segmenter.tokens`` makes: Han characters, a-z and 0-9, nothing to escape.
    """

    def write(self, documents: Iterable[Document]) -> None:
        """Put the documents in place of what the index held of each."""

    def delete(self, keys: Iterable[int]) -> None: ...

    def clear(self) -> None: ...

    def ids(self, scope: Scope, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        """Find the cases that hold every token; with ``prefix``, tokens that begin with the last one count."""

    def indexed(self) -> BitMap:
        """Find every case the index holds."""


# --- SQLite ----------------------------------------------------------------------------------------------------------


class SqliteEngine:
    """FTS5, contentless and without positions: a fifth of the space, and the fastest to scan.

    A contentless table must be told what it held in order to forget it, so the tokens are kept beside it, compressed.
    """

    def write(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        documents = [(key, " ".join(sorted(head)), " ".join(sorted(body))) for key, head, body in documents]
        self._take_out([key for key, _, _ in documents])
        with connection.cursor() as cursor:
            rows = [(key, _pack(head), _pack(body)) for key, head, body in documents]
            cursor.executemany(f"INSERT OR REPLACE INTO {TOKENS} (case_id, head, body) VALUES (%s, %s, %s)", rows)
            for position, table in enumerate(FTS.values(), start=1):
                rows = [(row[0], row[position]) for row in documents]
                cursor.executemany(f"INSERT INTO {table} (rowid, tokens) VALUES (%s, %s)", rows)

    def delete(self, keys: Iterable[int]) -> None:
        keys = list(keys)
        self._take_out(keys)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TOKENS} WHERE case_id IN {THESE}", [json.dumps(keys)])

    def _take_out(self, keys: list[int]) -> None:
        """Take the tokens of cases out of the full text, not out of the table beside it."""
        with connection.cursor() as cursor:
            connection.connection.create_function("inflate", 1, lambda blob: zlib.decompress(blob).decode())
            for scope, table in FTS.items():
                sql = f"INSERT INTO {table} ({table}, rowid, tokens) SELECT 'delete', case_id, inflate({scope}) "
                cursor.execute(f"{sql} FROM {TOKENS} WHERE case_id IN {THESE}", [json.dumps(keys)])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TOKENS}")
            for table in FTS.values():
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")

    def ids(self, scope: str, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        table = FTS[scope]
        match = " AND ".join(f'"{token}"' for token in tokens) + (" *" if prefix else "")
        with connection.cursor() as cursor:
            # One string, since 100,000 rows cost twice as much to hand over as to find.
            cursor.execute(f"SELECT group_concat(rowid) FROM {table} WHERE {table} MATCH %s", [match])
            return BitMap(json.loads(f"[{cursor.fetchone()[0] or ''}]"))

    def indexed(self) -> BitMap:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT case_id FROM {TOKENS}")
            return BitMap([row[0] for row in cursor.fetchall()])


def _pack(tokens: str) -> bytes:
    return zlib.compress(tokens.encode(), 1)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------

UPSERT = (
    f"INSERT INTO {TOKENS} (case_id, head, body) VALUES (%s, array_to_tsvector(%s), array_to_tsvector(%s)) "
    "ON CONFLICT (case_id) DO UPDATE SET head = excluded.head, body = excluded.body"
)


class PostgresEngine:
    """Full text: one narrow table of two tsvectors without positions, each behind a GIN index."""

    def write(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, [(key, sorted(head), sorted(body)) for key, head, body in documents])

    def delete(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TOKENS} WHERE case_id = ANY(%s)", [list(keys)])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TOKENS}")

    def ids(self, scope: str, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        query = " & ".join(f"'{token}'" for token in tokens) + (":*" if prefix else "")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {IDS.format(scope=scope)}(%s::tsquery)", [query])
            return _bitmap(cursor.fetchone()[0])

    def indexed(self) -> BitMap:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT string_agg(int4send(case_id), ''::bytea) FROM {TOKENS}")
            return _bitmap(cursor.fetchone()[0])


def _bitmap(packed: bytes | None) -> BitMap:
    keys = array("I", bytes(packed or b""))
    if sys.byteorder == "little":
        keys.byteswap()
    return BitMap(keys)


ENGINES: dict[str, Engine] = {"sqlite": SqliteEngine(), "postgresql": PostgresEngine()}


def engine() -> Engine:
    """The engine of the database in use."""
    return ENGINES[connection.vendor]
