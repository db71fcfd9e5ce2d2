"""Which institution and which chapter a member means, from the words in its file. Reads only; never guesses in silence."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from cases.models import Category, Institution
from cases.search.analysis import fold

NOT_LETTERS = re.compile(r"[^\u3400-\u9fffa-z0-9]+")
COMPANY = re.compile("股份有限公司|有限责任公司|股份公司|有限公司|总行$")
CITY_BRANCH = re.compile("(?<=.)市(?=分行)")
CHAPTER_LEAD = re.compile(r"^第[一二三四五六七八九十百0-9]+[章类篇部分]+|[类篇章]$")
COUNTRY = "中国"
BRANCH = "分行"
ENOUGH = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Match(Generic[T]):
    """``found``, or else the ``candidates`` it may be; ``exact`` where the words are one of its names."""

    found: T | None = None
    exact: bool = False
    candidates: tuple[T, ...] = ()


def match_institution(words: str) -> Match[Institution]:
    """The institution a file names: by a whole name first, then by the longest name the words contain.

    Nothing is chosen where several have that name (农行), or where only the parent of the branch named is known.
    """
    institutions = list(Institution.objects.select_related("parent"))
    full = [one for one in institutions if _letters(words) in {_letters(one.name), _letters(one.short_name)}]
    if len(full) == 1:
        return Match(full[0], exact=True)
    names = _names_of(institutions)
    plain = _plain(words)
    same = names.get(plain, [])
    if same:
        return Match(same[0], exact=True) if len(same) == 1 else Match(candidates=tuple(same[:ENOUGH]))
    return _contained(plain, names)


def match_category(words: str) -> Match[Category]:
    """The category a file names: 绿色金融, 第九章 绿色金融, 绿色金融类."""
    plain = _chapter(words)
    if not plain:
        return Match()
    names = {category: _chapter(category.name) for category in Category.objects.all()}
    same = [category for category, name in names.items() if name == plain]
    if len(same) == 1:
        return Match(same[0], exact=True)
    near = [category for category, name in names.items() if name in plain or plain in name]
    return Match(near[0]) if len(near) == 1 else Match(candidates=tuple(near[:ENOUGH]))


def _contained(plain: str, names: dict[str, list[Institution]]) -> Match[Institution]:
    inside = sorted((name for name in names if _telling(name) and name in plain), key=len, reverse=True)
    around = sorted((name for name in names if len(plain) > 1 and plain in name), key=len)
    nearby = tuple(dict.fromkeys(one for name in [*inside, *around] for one in names[name]))[:ENOUGH]
    if not inside:
        return Match(candidates=nearby)
    longest = [one for name in inside if len(name) == len(inside[0]) for one in names[name]]
    other_branch = BRANCH in plain and BRANCH not in inside[0]
    if len(set(longest)) > 1 or other_branch:
        return Match(candidates=nearby)
    return Match(longest[0], candidates=nearby)


def _telling(name: str) -> bool:
    """Long enough to mean something inside other words: 农行 does, 民生 does not."""
    return len(name) >= 3 if not name.endswith("行") else len(name) >= 2


def _names_of(institutions: list[Institution]) -> dict[str, list[Institution]]:
    names = defaultdict(list)
    for institution in institutions:
        for name in {_plain(label) for label in _labels(institution)} - {""}:
            names[name].append(institution)
    return names


def _labels(institution: Institution) -> Iterator[str]:
    """Every way to write it: a branch also as each name of its parent with its own ending."""
    yield from (institution.name, institution.short_name, *institution.other_name_list)
    yield _without_country(_plain(institution.name))
    parent = institution.parent
    if parent is None:
        return
    ending = _plain(institution.name).removeprefix(_plain(parent.name))
    if ending != _plain(institution.name):
        for label in (parent.name, parent.short_name, *parent.other_name_list):
            yield _plain(label) + ending
            yield _without_country(_plain(label)) + ending


def _without_country(name: str) -> str:
    short = name.removeprefix(COUNTRY)
    return short if len(short) >= 4 else name


def _letters(text: str) -> str:
    return NOT_LETTERS.sub("", fold(text))


def _plain(text: str) -> str:
    return CITY_BRANCH.sub("", COMPANY.sub("", _letters(text)))


def _chapter(text: str) -> str:
    return CHAPTER_LEAD.sub("", _letters(text))
