"""Where a draft belongs: what the file says, what can be seen elsewhere in it, what its text is like. Reads only."""

import re
from collections import Counter
from dataclasses import dataclass

from cases.models import Category, Chapter, Collection, Institution
from cases.word.chapter_likeness import PROPOSED, likely_categories
from cases.word.document import SECTION_NAMES, WordDocument
from cases.word.entity_matching import (
    ENOUGH,
    Match,
    core_of,
    match_category,
    match_institution,
    means_something,
    names_of,
)
from cases.word.values import notice

IN_TEXT = "正文里提得最多的"


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


def find_mentioned(document: WordDocument) -> tuple[Match[Institution], str]:
    """Find the one institution that a header, the title, or else the text names most, and where it was seen."""
    names = names_of(list(Institution.objects.select_related("parent")))
    known = {name: ones[0] for name, ones in names.items() if len(ones) == 1 and means_something(name)}
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))) or r"(?!)")
    candidates: tuple[Institution, ...] = ()
    text = "\n".join(getattr(document, name) for name in SECTION_NAMES)
    sources = {"页眉、文头或文件名": "\n".join(document.mentions), "题名": document.title, IN_TEXT: text}
    seen = {
        where: Counter(known[name] for line in words.split("\n") for name in pattern.findall(core_of(line)))
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
