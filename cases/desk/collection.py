"""The desk of one collection: begin the next from it, put its chapters in order, publish it whole."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html

from cases.desk.chapters import ON_ONE_PAGE, ChapterState, chapter_states, check_chapter, totals
from cases.desk.collection_forms import PublishForm, StartForm, suggestion
from cases.editing.collections import MOST_CASES, arrange_chapter, chapter_cases, start_collection
from cases.editing.permissions import ADD_COLLECTION, EDIT, PUBLISH
from cases.editing.workflow import AT_ONCE, NotPublishableError, blockers, publish_collection, unpublished_cases
from cases.models import CaseStatus, Collection


class CollectionDeskMixin(admin.ModelAdmin):
    """Pages of a collection next to its form."""

    def get_urls(self) -> list:
        pages = {"arrange": self.arrange_view, "publish": self.publish_view, "start": self.start_view}
        return [
            *(
                path(f"<int:object_id>/{name}/", self.admin_site.admin_view(view), name=f"cases_collection_{name}")
                for name, view in pages.items()
            ),
            *super().get_urls(),
        ]

    def start_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        source = self._allowed(request, object_id, ADD_COLLECTION)
        form = StartForm(request.POST or None, initial=suggestion(source))
        if form.is_valid():
            try:
                collection = start_collection(source=source, user=request.user, **form.cleaned_data)
            except ValidationError as error:
                for name, problem in getattr(error, "error_dict", {None: error}).items():
                    form.add_error(name if name in form.fields else None, problem)
            else:
                self.log_addition(request, collection, f"照{source}新开")
                self.message_user(request, f"已新开{collection}，章照搬好了，还没有案例。", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:cases_collection_change", args=[collection.pk]))
        context = {"form": form, "source": source, "chapters": source.chapters.select_related("category")}
        return self._page(request, "start", f"照{source}开新的一本", source, context, 400 if form.errors else 200)

    def arrange_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        collection = self._allowed(request, object_id, EDIT)
        asked = request.POST if request.method == "POST" else request.GET
        slug = asked.get("category") or asked.get("chapter") or request.GET.get("check", "")
        status, states = 200, chapter_states(collection, only=slug, number=asked.get("p", "1"))
        if request.method == "POST":
            state = _chapter_of(states, slug)
            if state is None:
                self.message_user(request, "这一章已经不在这本案例集里，顺序没有保存。", messages.ERROR)
            else:
                status = self._arrange(request, collection, state)
                if status == 200:
                    query = urlencode({"chapter": slug, "p": state.page.number}) if state.page else ""
                    return HttpResponseRedirect(f"{request.path}?{query}#chapter-{slug}".replace("?#", "#"))
        checked = _chapter_of(states, request.GET.get("check", ""))
        if checked:
            check_chapter(checked)
        context = {
            "collection": collection,
            "states": states,
            "totals": totals(states),
            "can_publish": request.user.has_perm(PUBLISH),
        }
        context["total"] = sum(state.total for state in states)
        context["is_large"] = context["total"] > ON_ONE_PAGE
        return self._page(request, "arrange", f"整理{collection}", collection, context, status)

    def _arrange(self, request: HttpRequest, collection: Collection, state: ChapterState) -> int:
        """Save the order of a chapter; return the status of the answer.

        What was asked for stays on the page where it could not be saved.
        """
        keys: list[int] = []
        if state.page:
            keys = list(chapter_cases(collection, state.category).values_list("pk", flat=True))
        order: list[int] = []
        try:
            order = wanted_order(request.POST, keys)
            moved = arrange_chapter(collection=collection, category=state.category, order=order, user=request.user)
        except ValueError as error:
            state.message = str(error)
            return 400
        except (ValidationError, PermissionDenied) as error:
            # The cases as they were asked for, those nobody knew of at the end.
            places = {key: place for place, key in enumerate(order)}
            state.cases.sort(key=lambda case: places.get(case.pk, len(order)))
            for case in state.cases:
                case.is_new_here = case.pk not in places
            state.message = " ".join(getattr(error, "messages", [str(error)]))
            return 403 if isinstance(error, PermissionDenied) else 409
        text = f"“{state.category.name}”的顺序已保存，{moved} 篇换了位置。" if moved else "顺序没有变。"
        self.message_user(request, text, messages.SUCCESS)
        return 200

    def publish_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        collection = self._allowed(request, object_id, PUBLISH)
        chapters = [chapter.category for chapter in collection.chapters.select_related("category").order_by("number")]
        category = next((one for one in chapters if one.slug == request.GET.get("chapter")), None)
        waiting = unpublished_cases(collection, category=category)
        cases = list(waiting[:AT_ONCE])
        total = len(cases) if len(cases) < AT_ONCE else waiting.count()
        refused, status = blockers(cases, request.user), 200
        form = PublishForm(request.POST if request.method == "POST" else None, initial={"expected": total})
        if request.method == "POST":
            status = 409
            if not form.is_valid():
                status = 400
            elif form.cleaned_data["expected"] != total:
                self.message_user(request, "刚才又有案例增减，数目变了。看过以后再确认一次。", messages.WARNING)
            else:
                at = form.cleaned_data["at"]
                try:
                    done = publish_collection(collection=collection, user=request.user, at=at, category=category)
                except NotPublishableError as error:
                    self.message_user(request, error.messages[0], messages.ERROR)
                    refused = error.blockers
                except ValidationError as error:
                    form.add_error("at", error)
                    status = 400
                else:
                    self.log_change(request, collection, f"发布 {done} 篇")
                    when = "到时间读者就能看到" if at else "读者现在就能看到"
                    self.message_user(request, f"{done} 篇已发布，{when}。", messages.SUCCESS)
                    if total > done:
                        return HttpResponseRedirect(request.get_full_path())
                    return HttpResponseRedirect(reverse("admin:cases_collection_arrange", args=[collection.pk]))
            # What was shown is out of date: the number to confirm is the one on the page now.
            form.data = {**form.data.dict(), "expected": total}
        drafts = unpublished_cases(collection, CaseStatus.DRAFT, category)
        context = {"collection": collection, "cases": cases, "total": total, "blockers": refused, "form": form}
        context |= {"category": category, "chapters": chapters, "draft_count": drafts.count()}
        context["drafts"] = list(drafts.prefetch_related(None)[:AT_ONCE]) if context["draft_count"] else []
        return self._page(request, "publish", f"发布{collection}", collection, context, status)

    def _allowed(self, request: HttpRequest, object_id: int, permission: str) -> Collection:
        if not (self.has_view_or_change_permission(request) and request.user.has_perm(permission)):
            raise PermissionDenied
        return get_object_or_404(Collection, pk=object_id)

    def _page(self, request: HttpRequest, name: str, title: str, collection: Collection, context: dict, status: int):
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "original": collection}
        return render(request, f"admin/cases/collection/{name}.html", {**shared, **context}, status=status)

    @admin.display(description="顺序与进度")
    def desk_link(self, collection: Collection) -> str:
        return format_html('<a href="{}">整理</a>', reverse("admin:cases_collection_arrange", args=[collection.pk]))


def wanted_order(data: QueryDict, chapter: list[int]) -> list[int]:
    """Return primary keys in the order a form asks for: by the number beside each, or with one case moved up or down.

    ``chapter`` is the whole chapter where the form shows a part of it, the places after ``start``. What the form shows
    and is not in that part any more is left out, so that the order will not do. Raises ``ValueError``, in Chinese, for
    what is not a number.
    """
    keys, start = data.getlist("case"), data.get("start", "0")
    if len(keys) > MOST_CASES or not all(key.isdecimal() and len(key) < 19 for key in (*keys, start)):
        raise ValueError("这一页的内容不完整，顺序没有保存。刷新以后再排。")
    places = [data.get(f"place-{key}", "").strip() for key in keys]
    if not all(place.isdecimal() and len(place) < 6 for place in places):
        raise ValueError("每一篇前面要填一个数，小的在前。顺序没有保存。")
    shown = set(chapter[int(start) : int(start) + len(keys)])
    wanted = {key: (place, 1, place) for place, key in enumerate(chapter, 1) if key not in shown}
    for here, (key, place) in enumerate(zip(map(int, keys), map(int, places), strict=True), int(start) + 1):
        # Moved to a place that is taken, a case stands before the other on the way up, after it on the way down.
        if key in shown or not chapter:
            wanted[key] = (place, 1 + (place > here) - (place < here), here)
    order = sorted(wanted, key=wanted.get)
    direction, _, moved = data.get("move", "").partition("-")
    if moved.isdecimal() and int(moved) in order:
        here = order.index(int(moved))
        there = min(max(here + (1 if direction == "down" else -1), 0), len(order) - 1)
        order[here], order[there] = order[there], order[here]
    return order


def _chapter_of(states: list[ChapterState], slug: str) -> ChapterState | None:
    return next((state for state in states if slug and state.category.slug == slug), None)
