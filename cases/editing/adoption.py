"""What publishing a revision writes: its own changes, and those made on the original since it was opened.

What both changed is asked: ``decided`` names, for each contest, whose wording stays.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cases.editing.differences import Difference, differences, row_line, shown
from cases.editing.merging import align, in_order, merge_set, merge_value
from cases.editing.serialization import identity_of, serialize
from cases.models import Case, Version, VersionEvent

# Where a case stands in its collection is not part of its content: a revision does not move it.
CONTENT = ("title", "subtitle", "summary", *Case.SECTIONS, "period", "regions", "source_pages")


@dataclass(frozen=True)
class Contest:
    """One field or row that the revision and the original changed, each in another way; texts as shown, empty: not there.

    ``mine`` and ``theirs`` are the answers that decide it; they hold for these two texts only.
    """

    name: str
    label: str
    mine_text: str
    theirs_text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps([self.mine_text, self.theirs_text]).encode()).hexdigest()[:12]

    @property
    def mine(self) -> str:
        return f"mine-{self.digest}"

    @property
    def theirs(self) -> str:
        return f"theirs-{self.digest}"


@dataclass
class Adoption:
    """What would be written: ``data`` as a version records it, against ``before``, what readers see now."""

    before: dict
    data: dict
    contests: list[Contest] = field(default_factory=list)
    undecided: list[Contest] = field(default_factory=list)

    @property
    def differences(self) -> list[Difference]:
        return differences(Case, self.before, self.data)


def plan_adoption(revision: Case, decided: Mapping[str, str]) -> Adoption:
    """Merge ``revision`` into its original as both are stored now. Reads only."""
    original, revision = (Case.objects.for_recording().get(pk=key) for key in (revision.revises_id, revision.pk))
    mine, theirs = serialize(revision), serialize(original)
    first = Version.objects.of(revision).last()  # what the original was when the revision was opened
    if first is not None and first.event != VersionEvent.REVISED:  # opened from an old version, by an earlier release
        first = Version.objects.of(original).filter(made_at__lte=first.made_at).first()
    base = first.data if first else theirs
    plan = Adoption(theirs, dict(theirs))

    def settle(name: str, label: str, texts: tuple[str, str]) -> bool:
        """Note a contest; say whether it was decided for the original."""
        contest = Contest(name, label, *texts)
        plan.contests.append(contest)
        answer = decided.get(name)
        if answer not in (contest.mine, contest.theirs):
            plan.undecided.append(contest)
        return answer == contest.theirs

    for name in (*CONTENT, "institution"):
        values = base.get(name), mine[name], theirs[name]
        plan.data[name], is_contested = merge_value(*values)
        model_field = Case._meta.get_field(name)
        texts = shown(model_field, values[1]), shown(model_field, values[2])
        if is_contested and settle(name, str(model_field.verbose_name), texts):
            plan.data[name] = theirs[name]
    for name in ("terms", "documents"):
        states = [{_member(item): item for item in state.get(name, theirs[name])} for state in (base, mine, theirs)]
        known = states[1] | states[2]
        plan.data[name] = sorted(known[key] for key in merge_set(*states))
    for name, label in Case.ROWS.items():
        model, rows = Case._meta.get_field(name).related_model, []
        for place, merge in enumerate(
            align(base.get(name, theirs[name]), mine[name], theirs[name], identity_of(model))
        ):
            texts = tuple(row_line(model, row) if row else "" for row in (merge.mine, merge.theirs))
            is_theirs = merge.is_contested and settle(f"{name}-{place}", label, texts)
            rows.append(merge.theirs if is_theirs else merge.row)
        plan.data[name] = list(in_order(row for row in rows if row))
    return plan


def _member(item: str | list) -> str | tuple:
    return item if isinstance(item, str) else tuple(item[:2])
