"""Which institution and which chapter a member means, from the words in its file. Reads only; never guesses in silence."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Generic, TypeVar

from cases.models import Category, Institution, Product
from cases.search.analysis import normalize

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
    """Match the institution a file names: by a whole name first, then by the longest name the words contain.

    Nothing is chosen where several have that name (农行), or where only the parent of the branch named is known.
    """
    institutions = list(Institution.objects.select_related("parent"))
    full = [one for one in institutions if _letters(words) in {_letters(one.name), _letters(one.short_name)}]
    if len(full) == 1:
        return Match(full[0], exact=True)
    names = names_of(institutions)
    core = core_of(words)
    same = names.get(core, [])
    if same:
        return Match(same[0], exact=True) if len(same) == 1 else Match(candidates=tuple(same[:ENOUGH]))
    inside = [name for name in names if name in core and means_something(name)]
    inside.sort(key=len, reverse=True)
    around = sorted((name for name in names if len(core) > 1 and core in name), key=len)
    nearby = tuple(dict.fromkeys(one for name in [*inside, *around] for one in names[name]))[:ENOUGH]
    if not inside:
        return Match(candidates=nearby)
    longest = [one for name in inside if len(name) == len(inside[0]) for one in names[name]]
    is_other_branch = BRANCH in core and BRANCH not in inside[0]
    if len(set(longest)) > 1 or is_other_branch:
        return Match(candidates=nearby)
    return Match(longest[0], candidates=nearby)


def means_something(name: str) -> bool:
    """Tell whether a name inside other words is meant as one: 农行 is, 民生 is not."""
    return len(name) >= (2 if name.endswith("行") else 3)


def names_of(institutions: list[Institution]) -> dict[str, list[Institution]]:
    """Gather every way to write each institution, reduced by ``_core``."""
    names: dict[str, list[Institution]] = defaultdict(list)
    for institution in institutions:
        # Every way to write it: a branch also as each name of its parent with its own ending.
        own, parent = core_of(institution.name), institution.parent
        labels = {institution.name, institution.short_name, *institution.other_name_list, _without_country(own)}
        ending = own.removeprefix(core_of(parent.name)) if parent else own
        if ending != own:
            for label in map(core_of, (parent.name, parent.short_name, *parent.other_name_list)):
                labels |= {label + ending, _without_country(label) + ending}
        for name in {core_of(label) for label in labels} - {""}:
            names[name].append(institution)
    return names


def match_products(names: list[str], institution: Institution) -> list[Product | None]:
    """Find the products of ``institution`` that go by these names, in their order; None for one it does not have."""
    known: dict[str, Product] = {}
    for product in Product.objects.filter(institution=institution) if names else ():
        for label in (product.name, *product.other_name_list):
            known.setdefault(_letters(label), product)
    return [known.get(_letters(name)) for name in names]


def match_category(words: str) -> Match[Category]:
    """Match the category a file names: 绿色金融, 第九章 绿色金融, 绿色金融类."""

    def chapter_name(text: str) -> str:
        return CHAPTER_LEAD.sub("", _letters(text))

    core = chapter_name(words)
    if not core:
        return Match()
    names = {category: chapter_name(category.name) for category in Category.objects.all()}
    same = [category for category, name in names.items() if name == core]
    if len(same) == 1:
        return Match(same[0], exact=True)
    near = [category for category, name in names.items() if name in core or core in name]
    return Match(near[0]) if len(near) == 1 else Match(candidates=tuple(near[:ENOUGH]))


def _without_country(name: str) -> str:
    short = name.removeprefix(COUNTRY)
    return short if len(short) >= 4 else name


def _letters(text: str) -> str:
    return NOT_LETTERS.sub("", normalize(text))


def core_of(text: str) -> str:
    return CITY_BRANCH.sub("", COMPANY.sub("", _letters(text)))
