"""Accepting a remark: the words it proposes go into the text where its quoted words stand."""

import re

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError

from cases.editing.content_checks import TEXT_FIELDS
from cases.editing.edit import edit_case
from cases.editing.permissions import EDIT, may_edit, require
from cases.editing.revisions import open_revision
from cases.editing.together import resolve_comment
from cases.models import Case, CaseStatus, Comment

# What a rendered page shows otherwise than its source: blanks, joiners, marks of Markdown.
GAP = r"[\s\u2060\u00a0*_`]*"


def passage(text: str, quote: str) -> tuple[int, int] | None:
    """Where ``quote``, as a page shows it, stands in ``text``, its source; ``None`` unless in one place only."""
    characters = [re.escape(character) for character in re.sub(GAP, "", quote)]
    found = list(re.finditer(GAP.join(characters), text)) if characters else []
    return found[0].span() if len(found) == 1 else None


def accept_comment(*, comment: Comment, user: AbstractBaseUser) -> Case:
    """Put the proposed words in place of the quoted ones, and return the draft that holds them now.

    That is the case itself, or where readers see it already, its revision, opened if there is none. Raises
    ``PermissionDenied`` and, where the words are not found in one place or do not fit, ``ValidationError``.
    """
    require(user, EDIT, "采纳意见")
    if not comment.proposed or comment.field not in TEXT_FIELDS:
        raise ValidationError("这一条没有写出可以直接换上的话，请打开案例自己改。")
    case = comment.case
    if case.status == CaseStatus.PUBLISHED:
        case = case.revisions.first() or open_revision(case=case, user=user)
    if not may_edit(user, case):
        raise PermissionDenied("审核期间不能改这一篇；要改先撤回送审。")
    with edit_case(case, user=user, comment=f"采纳意见：{comment.quote[:40]}", reread=True) as draft:
        source = getattr(draft, comment.field)
        place = passage(source, comment.quote)
        if place is None:
            raise ValidationError("正文里找不到这句原话，或者不止一处。请打开案例自己改，改好点“已处理”。")
        setattr(draft, comment.field, source[: place[0]] + comment.proposed + source[place[1] :])
        draft.clean_fields(exclude=["code"])
        draft.save()
    resolve_comment(comment=comment, user=user)
    return case
