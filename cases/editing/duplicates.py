"""The same case twice: two files of one text, or one title of one bank. Reads only; people decide."""

import re

from django.db.models import Q

from cases.models import Case

SHINGLE = 6  # characters; five of a text agree by chance, six seldom
ALIKE = 0.6  # of the shorter text's shingles
SHORTEST = 60  # shingles; below, texts agree by being short
COMPARED = 100  # newest cases of one institution


def find_duplicates(case: Case) -> list[tuple[Case, str]]:
    """List (another case, what is the same) for a saved case, newest first; two of the same bank, or of one title.

    One query, whose rows do not grow with the site.
    """
    family = [key for key in (case.pk, case.revises_id) if key]
    others = Case.objects.filter(Q(title=case.title) | Q(institution=case.institution_id), revises=None)
    others = others.exclude(pk__in=family).only("code", "title", "status", "published_at", "summary", *Case.SECTIONS)
    title, own, found = _plain(case.title), _shingles(case), []
    for other in others.order_by("-pk")[:COMPARED]:
        if _plain(other.title) == title:
            found.append((other, "题名相同"))
        elif len(own) >= SHORTEST and len(theirs := _shingles(other)) >= SHORTEST:
            share = len(own & theirs) / min(len(own), len(theirs))
            if share >= ALIKE:
                why = "正文几乎完全相同" if share > 0.95 else f"正文有{round(share * 10)}成相同"
                found.append((other, why))
    return found


def _shingles(case: Case) -> set[str]:
    text = _plain("".join(getattr(case, name) for name in ("summary", *Case.SECTIONS)))
    return {text[place : place + SHINGLE] for place in range(len(text) - SHINGLE + 1)}


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
