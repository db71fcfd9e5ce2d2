"""The gate before what readers see: each write of a case that is public, or will be at its time, passes ``pass_gate``.

Such a case is changed by a revision, or corrected by someone who has seen what readers will see change; a correction is
checked as publishing is. Steps that are decided elsewhere name themselves trusted.
"""

import hashlib
import json
from enum import Enum

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from cases.editing.content_checks import blocking_problems
from cases.editing.differences import differences
from cases.models import Case, CaseStatus, Version, VersionEvent

UNSEEN = {"editor"}  # readers are not told who looks after a case
TOLD = (
    "《{}》读者已经能看到，或者到时间就能看到，不能直接改。请开修订稿，改好再发布；急着更正，在案例页上用“直接更正”。"
)
FOUR_EYES = "这个网站要两个人看过才发布：请开修订稿，由另一个人发布。"
ALONE = "这一篇是你一个人写的，这个网站要另一个人看过才发布：请送审，由别人发布。"
WRITING = {VersionEvent.CREATED, VersionEvent.CHANGED, VersionEvent.RESTORED}


class Public(Enum):
    """What a write may do to what readers see."""

    REFUSED = "nothing"
    CORRECTED = "change it, once its user has seen how; checked as for publishing"
    TRUSTED = "a step of the workflow, or the order of a chapter: decided and checked there"


class PublicChangeError(ValidationError):
    """Readers would see a change that nobody has agreed to, or that must not be.

    ``differences`` says which, ``digest`` stands for them, ``problems`` say what forbids it, ``after`` is the state
    that was to be written.
    """

    def __init__(self, case: Case, before: dict, after: dict) -> None:
        self.after = after
        self.differences = [item for item in differences(Case, before, after) if item.name not in UNSEEN]
        changed = [(item.name, before.get(item.name), after.get(item.name)) for item in self.differences]
        self.digest = hashlib.sha256(json.dumps(changed, ensure_ascii=False).encode()).hexdigest()
        self.problems = [*correction_problems(), *blocking_problems(case)]
        told = f"《{case.title}》还不能这样改：{''.join(self.problems)}" if self.problems else TOLD.format(case.title)
        super().__init__(told)


def publishing_problems(case: Case, user: AbstractBaseUser | None) -> list[str]:
    """List what a reader would miss, and, where the site asks for four eyes, that ``user`` alone wrote ``case``."""
    problems = blocking_problems(case)
    if settings.FOUR_EYES and user is not None:
        writers = set()
        for version in Version.objects.of(case).only("event", "user_id"):
            if version.event in (VersionEvent.PUBLISHED, VersionEvent.SCHEDULED):
                break  # what was written before has been read by whoever published it
            if version.event in WRITING and version.user_id:
                writers.add(version.user_id)
        problems += [ALONE] if writers == {user.pk} else []
    return problems


def correction_problems() -> list[str]:
    """List what forbids any correction of a public case, whatever it says."""
    return [FOUR_EYES] if settings.FOUR_EYES else []


def pass_gate(case: Case, before: dict | None, after: dict, *, public: Public, seen: str | None) -> None:
    """Raise ``PublicChangeError`` where a write may not change what readers see; ``case`` is as it was written.

    ``seen`` is the digest of the differences its user agreed to; ``None`` where another page has shown them.
    """
    was_public = before is not None and before["status"] == CaseStatus.PUBLISHED
    if public is Public.TRUSTED or not (was_public or after["status"] == CaseStatus.PUBLISHED):
        return
    change = PublicChangeError(case, before or {}, after)
    is_agreed = public is Public.CORRECTED and not change.problems and seen in (None, change.digest)
    if not was_public or (change.differences and not is_agreed):
        raise change
