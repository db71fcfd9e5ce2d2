"""What letters say: the one that asks, and digests with the reason for each case."""

from dataclasses import astuple
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from pyroaring import BitMap

from cases.following.actions import LEAVE, WANT, Wish
from cases.models import Case, Follower
from cases.public.filters import CaseFilter
from cases.public.metadata import SITE, plain
from cases.public.options import Option, read_options

MOST = 50  # cases a letter tells of; the list itself has the others
SUBJECT = 60  # characters of the conditions in a subject


def list_of(query: str) -> CaseFilter:
    """The list of a query string, which may be anything at all."""
    data = QueryDict(query, mutable=True)
    for name, values in list(data.lists()):
        data.setlist(name, [value.replace("\x00", "") for value in values])  # PostgreSQL takes none
    return CaseFilter(data)


def names_of(case_filter: CaseFilter) -> str:
    """The list in words: “没有抵押”，绿色金融."""
    return plain("，".join(case_filter.labels())) or "全部案例"


def question(wish: Wish, *, site: str) -> EmailMessage:
    """The letter that asks whether the reader of an address wants digests; ``site`` is the beginning of its link."""
    token = signing.dumps(astuple(wish), salt=WANT, compress=True)
    context = {
        "names": names_of(list_of(wish.query)),
        "link": site + reverse("following:confirm", args=[token]),
    }
    text = render_to_string("following/question.txt", context)
    return EmailMessage(f"{SITE}：请确认邮件订阅", text, None, [wish.address])


def digest(follower: Follower, keys: BitMap, *, until: datetime) -> tuple[EmailMessage | None, bool]:
    """The letter about those of the new cases ``keys`` that are in the follower's list, if any, and whether it is the last.

    It is the last where a condition is gone (a term renamed or merged): the reader is told to choose anew.
    """
    case_filter = list_of(follower.query)
    new = case_filter.qs.intersect(keys).order_by("-published_at", "code").shaped(lambda cases: cases.for_cards())
    errors = case_filter.errors_text
    if not (len(new) or errors):
        return None, False
    names, options = names_of(case_filter), read_options(case_filter.state.names_stamp)
    leave = settings.SITE_URL + reverse("following:leave", args=[signing.dumps(follower.pk, salt=LEAVE)])
    context = {
        "names": names,
        "since": follower.told_until,
        "until": until,
        "count": len(new),
        "more": max(0, len(new) - MOST),
        "cases": [(case, plain(case.summary), reasons(case_filter, options, case)) for case in new[:MOST]],
        "errors": errors,
        "site": settings.SITE_URL,
        "list": settings.SITE_URL + case_filter.canonical(reverse("cases:case-list")),
        "leave": leave,
    }
    what = "您订阅的检索要重新选" if errors else f"{len(new)} 篇新案例"
    # RFC 8058: mail programs put a button for leaving beside such a letter.
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    text = render_to_string("following/digest.txt", context)
    subject = f"{SITE}：{what}（{names[:SUBJECT]}）"
    return EmailMessage(subject, text, None, [follower.address], headers=headers), bool(errors)


def reasons(case_filter: CaseFilter, options: dict[str, list[Option]], case: Case) -> list[str]:
    """The conditions of the list that ``case`` meets, each with those of its values that the case has: 难处：缺抵押."""
    found = [f"与“{plain(case_filter.text)}”有关"] if case_filter.text else []
    for name in case_filter.DIMENSIONS:
        chosen = set(case_filter.selected(name))
        met = [
            option.label
            for option in options[name]
            if option.slug in chosen and case.pk in case_filter.state.matching(*option.keys)
        ]
        if met:
            found.append(f"{case_filter.filters[name].label}：{'、'.join(met)}")
    return found or ["您订阅的是全部案例"]
