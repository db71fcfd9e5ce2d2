"""The query language: what a reader typed, taken apart. Pure; any string gives a ``Query``, none raises.

农行 复工            both words
“知识产权质押”        exactly these characters, also with "…"
-信用卡  -“信用卡”    not these
机构:农行  章节:绿色  年:2020
"""

import re
from dataclasses import dataclass

from cases.search.analysis import clean, join_cjk, normalize

MAX_LENGTH = 200
MAX_PARTS = 24
FIELDS = {
    **dict.fromkeys(("机构", "機構", "银行", "銀行"), "institution"),
    **dict.fromkeys(("章节", "章節", "主题", "主題"), "category"),
    **dict.fromkeys(("年", "年份"), "year"),
}
PART = re.compile(
    rf"(?P<minus>(?<!\S)[-－−])?(?:(?P<field>{'|'.join(sorted(FIELDS, key=len, reverse=True))})[:：]\s*)?"
    r"(?:[\"“”＂「](?P<phrase>[^\"“”＂「」]*)(?:[\"“”＂」]|\Z)|(?P<word>[^\s\"“”＂「」]+))"
)


MOST = re.compile(
    r"(最高|最多|最大|上限).*(贷|借|额度|授信)|(贷|借)(款|到|出)?多少|额度.*(多少|多大|多高)|(贷款|额度).*上限"
)


@dataclass(frozen=True)
class Query:
    """``words`` are still unsegmented; ``institutions``, ``categories`` and ``years`` come from the prefixes."""

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    was_cut: bool = False

    @property
    def has_prefix(self) -> bool:
        return bool(self.institutions or self.categories or self.years)


def parse(text: str) -> Query:
    """Read a query; what is longer than ``MAX_LENGTH`` characters or ``MAX_PARTS`` parts is left out."""
    whole = " ".join(clean(text).split())
    kept = whole[:MAX_LENGTH].strip()
    parts = list(PART.finditer(kept))
    found: dict[str, list[str]] = {"word": [], "phrase": [], "minus": [], "institution": [], "category": [], "year": []}
    for match in parts[:MAX_PARTS]:
        value = (match["phrase"] if match["phrase"] is not None else match["word"]).strip()
        if any(map(str.isalnum, value)) and value not in found[_kind(match)]:
            found[_kind(match)].append(value)
    return Query(
        text=kept,
        words=tuple(found["word"]),
        phrases=tuple(found["phrase"]),
        excluded=tuple(found["minus"]),
        institutions=tuple(found["institution"]),
        categories=tuple(found["category"]),
        years=tuple(found["year"]),
        was_cut=len(whole) > MAX_LENGTH or len(parts) > MAX_PARTS,
    )


def _kind(match: re.Match[str]) -> str:
    if match["minus"]:
        return "minus"
    if match["field"]:
        return FIELDS[match["field"]]
    return "phrase" if match["phrase"] is not None else "word"


def asks_for_most(text: str) -> bool:
    """Say whether a query asks for the most that one client can borrow: 单户最高能贷多少."""
    return bool(MOST.search(join_cjk(normalize(text))))


def stands_in(typed: str, name: str) -> bool:
    """Whether a name stands in what was typed, not as a part of a Latin word or a number."""
    before = "(?<![a-z0-9])" if name[:1].isascii() else ""
    after = "(?![a-z0-9])" if name[-1:].isascii() else ""
    return bool(re.search(before + re.escape(name) + after, typed))
