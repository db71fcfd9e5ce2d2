"""The page ``/compare/``: the cases that its address names, side by side, with a box to add another."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.figures.comparison import MOST, compare
from cases.models import Case
from cases.public.filters import CaseFilter, with_query
from cases.public.languages import say
from cases.public.metadata import PageMeta

OFFERED = 8
CODE_SHOWN = 30


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """``case`` up to four times, in the order of the columns; ``q`` looks for another. 400 where a code is none."""
    asked = list(dict.fromkeys(code.strip() for code in request.GET.getlist("case") if code.strip()))
    found = {case.code: case for case in Case.objects.published().for_detail().filter(code__in=asked[: 2 * MOST])}
    codes, errors = [code for code in asked if code in found], []
    if unknown := [code for code in asked[: 2 * MOST] if code not in found]:
        names = say("、").join(f"“{code[:CODE_SHOWN]}”" for code in unknown[:3])
        errors.append(say("没有编号为 {0} 的案例，或者还没有发布。其余的照样比较。", names))
    if len(asked) > MOST:
        shown = min(MOST, len(codes))
        errors.append(say("一次最多比较 {0} 篇，这里给了 {1} 篇，只比较前 {2} 篇。", MOST, len(asked), shown))
    codes = codes[:MOST]
    comparison = compare([found[code] for code in codes])
    address = with_query(reverse("cases:case-list"), {"case": codes})
    columns = [(name, case, without(codes, case.code)) for name, case in comparison.columns]
    words = request.GET.get("q", "").strip()
    context = {
        "comparison": comparison,
        "columns": columns,
        "codes": codes,
        "words": words,
        "errors": errors,
        "files": address,
        "offered": offered(request, words, comparison.cases) if len(codes) < MOST else [],
        "is_full": len(codes) == MOST,
        "meta": PageMeta(
            url=request.build_absolute_uri(with_query(request.path, {"case": codes})),
            title=say("比较 {0} 篇案例", len(codes)) if codes else say("比较案例"),
            description=say(
                "把两到四篇普惠金融案例并排放：谁办的、给谁、什么产品、怎么做、同类的数字，哪里相同，哪里不同。"
            ),
            is_indexed=not request.GET,
        ),
    }
    return render(request, "figures/compare.html", context, status=400 if errors else 200)


def without(codes: list[str], code: str) -> str:
    return with_query(reverse("figures:compare"), {"case": [other for other in codes if other != code]})


def offered(request: HttpRequest, words: str, cases: list[Case]) -> list[tuple[Case, str]]:
    """(case, address of the comparison with it): what the words find, or its code; without words those of the chapter."""
    query = QueryDict(mutable=True)
    if words:
        query["q"] = words
    elif cases:
        query.setlist("category", list(dict.fromkeys(case.category.slug for case in cases)))
    else:
        return []
    codes = [case.code for case in cases]
    named = Case.objects.published().for_cards().filter(code=words.lower()) if words else ()
    listed = CaseFilter(query).qs.shaped(lambda cases: cases.for_cards())[: OFFERED + MOST]
    new = {case.code: case for case in (*named, *listed) if case.code not in codes}
    address = reverse("figures:compare")
    return [(case, with_query(address, {"case": [*codes, code]})) for code, case in list(new.items())[:OFFERED]]
