"""What one gets from SQLite without an engine of one's own, fed with the same texts: to measure beside."""

import re
import sqlite3
from collections.abc import Callable, Iterable

import rjieba

WORD = re.compile(r"\w+")
WEIGHTS = "10.0, 4.0, 1.0"
Document = tuple[int, str, str, str]  # key; title; summary; names, terms, figures and all the text
Rival = Callable[[str, int], list[int]]


def load(connection: sqlite3.Connection, documents: Iterable[Document]) -> None:
    """Tables of a plain search: ``plain`` for LIKE, ``tri`` and ``words`` for FTS5."""
    jieba = rjieba.Jieba()
    connection.executescript(
        "CREATE TABLE plain (id integer PRIMARY KEY, text text);"
        "CREATE VIRTUAL TABLE tri USING fts5(title, summary, text, tokenize='trigram');"
        "CREATE VIRTUAL TABLE words USING fts5(title, summary, text);"
    )
    for key, *texts in documents:
        texts = [text.lower() for text in texts]
        cut = [" ".join(jieba.cut_for_search(text)) for text in texts]
        connection.execute("INSERT INTO plain VALUES (?, ?)", (key, "\n".join(texts)))
        connection.execute("INSERT INTO tri (rowid, title, summary, text) VALUES (?, ?, ?, ?)", (key, *texts))
        connection.execute("INSERT INTO words (rowid, title, summary, text) VALUES (?, ?, ?, ?)", (key, *cut))
    connection.commit()


def load_totals(connection: sqlite3.Connection, documents: Iterable[Document]) -> None:
    """Only what ``totals`` needs: no words cut."""
    connection.executescript(
        "CREATE TABLE plain (id integer PRIMARY KEY, text text);"
        "CREATE VIRTUAL TABLE tri USING fts5(text, tokenize='trigram');"
    )
    for key, *texts in documents:
        text = "\n".join(texts).lower()
        connection.execute("INSERT INTO plain VALUES (?, ?)", (key, text))
        connection.execute("INSERT INTO tri (rowid, text) VALUES (?, ?)", (key, text))
    connection.commit()


def totals(connection: sqlite3.Connection) -> dict[str, Rival]:
    """Each asks for a total and for the first rows, as a list page does."""

    def ask(source: str, order: str, values: list[str], limit: int) -> list[int]:
        connection.execute(f"SELECT count(*) FROM {source}", values).fetchone()
        rows = connection.execute(f"SELECT rowid FROM {source} ORDER BY {order} LIMIT {limit}", values)
        return [row[0] for row in rows]

    def like(query: str, limit: int) -> list[int]:
        words = query.lower().split()
        source = "plain WHERE " + " AND ".join("text LIKE ?" for _ in words)
        return ask(source, "rowid", [f"%{word}%" for word in words], limit)

    def trigram(query: str, limit: int) -> list[int]:
        words = " AND ".join(f'"{word}"' for word in WORD.findall(query.lower()))
        return ask("tri WHERE tri MATCH ?", "rank", [words], limit)

    return {"LIKE": like, "FTS5 trigram": trigram}


def rivals(connection: sqlite3.Connection) -> dict[str, Rival]:
    """Each takes a query and a number of results."""
    jieba = rjieba.Jieba()

    def like(query: str, limit: int) -> list[int]:
        words = query.lower().split()
        condition = " AND ".join("text LIKE ?" for _ in words)
        found = connection.execute(
            f"SELECT id FROM plain WHERE {condition} ORDER BY id LIMIT {limit}", [f"%{word}%" for word in words]
        )
        return [row[0] for row in found]

    def match(table: str, words: list[str], joint: str, limit: int) -> list[int]:
        if not words:
            return []
        found = connection.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY bm25({table}, {WEIGHTS}), rowid LIMIT {limit}",
            [joint.join(f'"{word}"' for word in words)],
        )
        return [row[0] for row in found]

    def cut(query: str) -> list[str]:
        return [word for word in jieba.cut_for_search(query.lower()) if WORD.fullmatch(word)]

    return {
        "LIKE": like,
        "FTS5 trigram": lambda query, limit: match("tri", WORD.findall(query.lower()), " AND ", limit),
        "jieba, all words": lambda query, limit: match("words", cut(query), " AND ", limit),
        "jieba, any word": lambda query, limit: match("words", cut(query), " OR ", limit),
    }
