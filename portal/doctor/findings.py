"""Findings, and how checks are run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    GOOD = "正常"
    NOTE = "注意"
    ERROR = "错误"


@dataclass(frozen=True)
class Finding:
    """``subject`` was looked at; ``says`` tells how it stands, and what to do about it."""

    level: Level
    subject: str
    says: str


Check = Callable[[], Iterator[Finding]]


def good(subject: str, says: str) -> Finding:
    return Finding(Level.GOOD, subject, says)


def note(subject: str, says: str) -> Finding:
    return Finding(Level.NOTE, subject, says)


def error(subject: str, says: str) -> Finding:
    return Finding(Level.ERROR, subject, says)


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Run every check, whatever the others come upon."""
    for check in checks:
        try:
            yield from check()
        except Exception as problem:
            reason = str(problem).strip().splitlines() or [""]
            yield error(check.__name__, f"没能检查完：{type(problem).__name__} {reason[0]}")
