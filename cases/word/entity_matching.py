"""Which institution and which chapter a member means, from the words in its file. Reads only; never guesses in silence."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Generic, TypeVar

from cases.models import Category, Chapter, Collection, Institution, Product
from cases.search.analysis import normalize
from cases.word.chapter_likeness import PROPOSED, likely_categories
from cases.word.document import SECTION_NAMES, WordDocument
from cases.word.values import notice

NOT_LETTERS = re.compile(r"[^\u3400-\u9fffa-z0-9]+")
COMPANY = re.compile("股份有限公司|有限责任公司|股份公司|有限公司|总行$")
CITY_BRANCH = re.compile("(?<=.)市(?=分行)")
CHAPTER_LEAD = re.compile(r"^第[一二三四五六七八九十百0-9]+[章类篇部分]+|[类篇章]$")
COUNTRY = "中国"
BRANCH = "分行"
ENOUGH = 5
IN_TEXT = "正文里提得最多的"
T = TypeVar("T")


@dataclass(frozen=True)
class Match(Generic[T]):
    """``found``, or else the ``candidates`` it may be; ``exact`` where the words are one of its names."""

    found: T | None = None
    exact: bool = False
    candidates: tuple[T, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a draft belongs, as far as it is known; ``questions`` are what a person has to answer, ``candidates`` (keys of
    institutions) and ``categories`` what the answer may be, likeliest first."""

    collection: Collection
    category: Category | None
    institution: Institution | None
    questions: tuple[str, ...]
    notices: tuple[dict, ...]
    candidates: tuple[int, ...]
    categories: tuple[Category, ...] = ()


def find_place(
    document: WordDocument,
    *,
    collection: Collection,
    institution: Institution | None = None,
    category: Category | None = None,
    folder: str = "",
) -> Place:
    """Find the place that the file names, unless the clerk said something; reads only.

    An institution that no line names is looked for in headers, the title and the text; a chapter in the name of the
    ``folder`` and of the file. What the chapter may be by the likeness of the text is only proposed.
    """
    questions: list[str] = []
    notices: list[dict] = []
    proposals: tuple[Category, ...] = ()
    words, named = document.institution, match_institution(document.institution)
    if institution is None:
        institution = named.found
        if institution is None and (seen := find_mentioned(document))[0].found:
            named, where = seen
            institution = named.found
            notices.append(notice("unsure", f"文件里没有单独写机构，按{where}认作{institution}，请核对。"))
        elif institution is None:
            named = named if named.candidates else seen[0]
            maybe = "、".join(str(one) for one in named.candidates)
            written = f"文件里写的机构是“{words[:80]}”，" if words.strip() else "文件里没有写机构，"
            questions.append(f"{written}{f'可能是：{maybe}' if maybe else '机构表里没有找到'}。")
        elif not named.exact:
            notices.append(notice("unsure", f"文件里写的机构是“{words[:80]}”，认作{institution}。"))
    elif named.found not in (None, institution):
        notices.append(notice("unsure", f"文件里写的机构是“{words}”，按你选的记在{institution}名下。"))
    if category is None:
        category, proposals, said = find_category(document, collection, folder)
        if category is None:
            questions.append(said)
        elif said:
            notices.append(notice("unsure", said))
    if category and not Chapter.objects.filter(collection=collection, category=category).exists():
        questions.append(f"{collection}里没有“{category}”这一章。")
    candidates = tuple(one.pk for one in named.candidates)
    return Place(collection, category, institution, tuple(questions), tuple(notices), candidates, proposals)


def find_category(
    document: WordDocument, collection: Collection, folder: str
) -> tuple[Category | None, tuple[Category, ...], str]:
    """Return the chapter the file, its name or its folder names, or else at most two it may be; and what to say of it."""
    words, match = document.category, match_category(document.category)
    if match.found:
        return match.found, (), "" if match.exact else f"文件里写的类别是“{words[:80]}”，认作“{match.found}”。"
    chapters = Category.objects.filter(chapters__collection=collection)
    by_name = [one for one in chapters if one.name in f"{folder}/{document.filename}"]
    if len(by_name) == 1:
        return by_name[0], (), f"文件里没有写类别，按文件夹或文件名认作“{by_name[0]}”，请核对。"
    text = "\n".join(getattr(document, name) for name in SECTION_NAMES)
    likely = likely_categories(document.title, text, among={one.pk for one in chapters})
    proposals = tuple(dict.fromkeys([*(one for one in match.candidates if one in chapters), *likely]))[:PROPOSED]
    maybe = "或".join(f"“{one}”" for one in proposals)
    written = f"文件里写的类别是“{words[:80]}”，对不上章节" if words.strip() else "文件里没有写类别（章节）"
    return None, proposals, f"{written}{f'；看内容像是{maybe}' if maybe else ''}。"


def match_institution(words: str) -> Match[Institution]:
    """Match the institution a file names: by a whole name first, then by the longest name the words contain.

    Nothing is chosen where several have that name (农行), or where only the parent of the branch named is known.
    """
    institutions = list(Institution.objects.select_related("parent"))
    full = [one for one in institutions if _letters(words) in {_letters(one.name), _letters(one.short_name)}]
    if len(full) == 1:
        return Match(full[0], exact=True)
    names = _names_of(institutions)
    core = _core(words)
    same = names.get(core, [])
    if same:
        return Match(same[0], exact=True) if len(same) == 1 else Match(candidates=tuple(same[:ENOUGH]))
    inside = [name for name in names if name in core and _means_something(name)]
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


def find_mentioned(document: WordDocument) -> tuple[Match[Institution], str]:
    """Find the one institution that a header, the title, or else the text names most, and where it was seen."""
    names = _names_of(list(Institution.objects.select_related("parent")))
    known = {name: ones[0] for name, ones in names.items() if len(ones) == 1 and _means_something(name)}
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))) or r"(?!)")
    candidates: tuple[Institution, ...] = ()
    text = "\n".join(getattr(document, name) for name in SECTION_NAMES)
    sources = {"页眉、文头或文件名": "\n".join(document.mentions), "题名": document.title, IN_TEXT: text}
    seen = {
        where: Counter(known[name] for line in words.split("\n") for name in pattern.findall(_core(line)))
        for where, words in sources.items()
    }
    told = set(seen[IN_TEXT])
    for where, counts in seen.items():
        branches = {one: counts[one] + counts[one.parent] for one in counts if one.parent in counts}
        for one, count in branches.items():  # 农行深圳分行, called 农行 ever after
            counts[one] = count
            counts.pop(one.parent, None)
        ranked = counts.most_common(ENOUGH)
        if len(ranked) == 1 or (counts is seen[IN_TEXT] and ranked and ranked[0][1] >= 2 * ranked[1][1]):
            own = [
                one for one in told if one.parent_id == ranked[0][0].pk
            ]  # the title says 工行, the text 工行深圳分行
            return Match(own[0] if len(own) == 1 else ranked[0][0]), where
        candidates = candidates or tuple(one for one, _ in ranked)
    return Match(candidates=candidates), ""


def _means_something(name: str) -> bool:
    """Tell whether a name inside other words is meant as one: 农行 is, 民生 is not."""
    return len(name) >= (2 if name.endswith("行") else 3)


def _names_of(institutions: list[Institution]) -> dict[str, list[Institution]]:
    """Gather every way to write each institution, reduced by ``_core``."""
    names: dict[str, list[Institution]] = defaultdict(list)
    for institution in institutions:
        # Every way to write it: a branch also as each name of its parent with its own ending.
        own, parent = _core(institution.name), institution.parent
        labels = {institution.name, institution.short_name, *institution.other_name_list, _without_country(own)}
        ending = own.removeprefix(_core(parent.name)) if parent else own
        if ending != own:
            for label in map(_core, (parent.name, parent.short_name, *parent.other_name_list)):
                labels |= {label + ending, _without_country(label) + ending}
        for name in {_core(label) for label in labels} - {""}:
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


def _core(text: str) -> str:
    return CITY_BRANCH.sub("", COMPANY.sub("", _letters(text)))
