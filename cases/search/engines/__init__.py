"""The two engines behind one small interface: sets of tokens in, bitmaps of primary keys out."""

from collections.abc import Iterable
from typing import Literal, Protocol

from django.db import connection
from pyroaring import BitMap

from cases.search.engines.postgres import PostgresEngine
from cases.search.engines.sqlite import SqliteEngine

Scope = Literal["head", "body"]


class Engine(Protocol):
    """``head`` holds title, institution and terms; ``body`` holds those and all the text.

    Tokens are what ``analysis.Segmenter.tokens`` makes: Han characters, a-z and 0-9, nothing to escape.
    """

    def write(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        """Put (primary key, head tokens, body tokens) in place of what the index held of each."""

    def delete(self, keys: Iterable[int]) -> None: ...

    def clear(self) -> None: ...

    def ids(self, scope: Scope, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        """Cases that hold every token; with ``prefix``, tokens that begin with the last one count."""

    def indexed(self) -> BitMap:
        """Every case the index holds."""


def engine() -> Engine:
    """The engine of the database in use."""
    return ENGINES[connection.vendor]


ENGINES: dict[str, Engine] = {"sqlite": SqliteEngine(), "postgresql": PostgresEngine()}
