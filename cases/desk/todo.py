"""What waits for whom: the lists on the desk's first page, and the same as a filter of the list of cases."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cases.desk.related_count import counted
from cases.models import Case, CaseStatus, Comment, Verification, WordImport, WordImportOutcome

SHOWN = 8
LONG_WAIT = 7  # days; from then on the first page says it in red
IMPORT = ("cases.add_case", "cases.change_case")


@dataclass(frozen=True)
class Queue:
    """One kind of waiting: ``select`` narrows all cases to those that wait so for ``user``."""

    title: str
    hint: str
    select: Callable[[QuerySet, AbstractBaseUser], QuerySet]
    order: tuple[str, ...] = ("-updated_at",)
    permission: str = "cases.change_case"


@dataclass(frozen=True)
class TodoList:
    title: str
    hint: str
    cases: list[Case]
    count: int
    url: str
    imports: list[WordImport] = field(default_factory=list)


DRAFT, IN_REVIEW, PUBLISHED = CaseStatus.DRAFT, CaseStatus.IN_REVIEW, CaseStatus.PUBLISHED
QUEUES = {
    "returned": Queue(
        "退回给我的",
        "按退回意见改好，再送审。",
        lambda cases, user: cases.filter(status=DRAFT, editor=user, returned_at__isnull=False),
        ("returned_at",),
    ),
    "review": Queue(
        "等我审核的",
        "看过以后发布，或者写明意见退回；等得最久的在最前面。",
        lambda cases, user: cases.filter(status=IN_REVIEW),
        ("submitted_at",),
        "cases.publish_case",
    ),
    "mine": Queue(
        "我没写完的",
        "我负责的草稿，写好以后送审。",
        lambda cases, user: cases.filter(status=DRAFT, editor=user, returned_at=None),
    ),
    "submitted": Queue(
        "我送审的",
        "正等别人审核。",
        lambda cases, user: cases.filter(status=IN_REVIEW, editor=user),
        ("submitted_at",),
    ),
    "remarked": Queue(
        "机构核对有意见的",
        "在案例的“意见”里采纳或处理。",
        lambda cases, user: cases.filter(
            pk__in=Comment.objects.filter(verification__isnull=False, resolved_at=None).values("case")
        ),
    ),
    "unanswered": Queue(
        "机构到期没有回的",
        "打开案例，点“请机构核对”，再发一次或者收回。",
        lambda cases, user: cases.filter(pk__in=Verification.objects.unanswered().values("case")).exclude(
            status=PUBLISHED
        ),
    ),
    "scheduled": Queue(
        "定时发布的",
        "到时间读者就能看到。",
        lambda cases, user: cases.filter(status=PUBLISHED, published_at__gt=timezone.now()),
        ("published_at",),
    ),
    "unassigned": Queue(
        "还没有人负责的草稿",
        "打开后在“负责编辑”里选自己。",
        lambda cases, user: cases.filter(status=DRAFT, editor=None),
    ),
}


def todo_lists(user: AbstractBaseUser) -> list[TodoList]:
    """The lists that hold something for ``user``; two queries for each, however many cases."""
    lists = [_pending_imports()] if user.has_perms(IMPORT) else []
    for name, queue in QUEUES.items():
        if not user.has_perm(queue.permission):
            continue
        waiting = queue.select(Case.objects.select_related("institution"), user)
        remarks = counted(Comment.objects.filter(resolved_at=None), "case")
        lines = waiting.annotate(remarks=remarks).order_by(*queue.order, "code").defer(*Case.SECTIONS)
        shown = list(lines[:SHOWN])
        for case in shown:
            since = case.submitted_at if case.status == IN_REVIEW else case.returned_at
            case.waiting_days = (timezone.now() - since).days if since else 0
            case.waits_long = case.waiting_days >= LONG_WAIT
        count = waiting.count() if len(shown) == SHOWN else len(shown)
        if count:
            url = reverse("admin:cases_case_changelist", query={"todo": name})
            lists.append(TodoList(queue.title, queue.hint, shown, count, url))
    return [one for one in lists if one.count]


def _pending_imports() -> TodoList:
    """Files that were read and lack a chapter or an institution: no case yet, so no list of cases names them."""
    waiting = (
        WordImport.objects.for_report().filter(outcome=WordImportOutcome.PENDING).defer("notices", "figures", "parsed")
    )
    shown = list(waiting.order_by("uploaded_at", "pk")[:SHOWN])
    count = waiting.count() if len(shown) == SHOWN else len(shown)
    url = reverse("admin:cases_wordimport_pending")
    return TodoList("待补全的来稿", "选好章节和机构，就建成草稿。", [], count, url, shown)


class TodoFilter(admin.SimpleListFilter):
    title = "待办"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [(name, queue.title) for name, queue in QUEUES.items() if request.user.has_perm(queue.permission)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        queue = QUEUES.get(self.value() or "")
        return queue.select(queryset, request.user) if queue else queryset
