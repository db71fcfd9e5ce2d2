"""The guided finder: three plain questions, each an address of its own, that end at the filtered list."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from cases.filters import CaseFilter
from cases.models import Case, Term
from cases.search.counts import Counts
from cases.search.dimensions import members
from cases.search.sets import Snapshot

Answers = Mapping[str, list[str]]  # by dimension, in any order; [""] where the reader skipped the question


@dataclass(frozen=True)
class Question:
    name: str
    text: str
    hint: str


@dataclass(frozen=True)
class Choice:
    """``count`` is what the list will hold once this is chosen."""

    label: str
    description: str
    count: int
    url: str


@dataclass(frozen=True)
class Step:
    """One question as it stands after the answers before it; ``total`` cases are left."""

    number: int
    question: Question
    choices: list[Choice]
    skip_url: str
    total: int


QUESTIONS = (
    Question("audience", "我是谁", "选最接近的一项。"),
    Question("need", "遇到什么问题", "选最要紧的一个难处。"),
    Question("instrument", "希望用什么办法", "选想了解的一种。"),
)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The first question not answered by ``audience``, ``need`` and ``instrument`` (empty: skipped).

    With all three answered, on to the list. 400 for an unknown value, with the question asked again.
    """
    answers = {question.name: request.GET.getlist(question.name) for question in QUESTIONS}
    answers = {name: values for name, values in answers.items() if values}
    case_filter = _filter(answers)
    errors = case_filter.errors_text
    if errors:
        answers = {name: values for name, values in answers.items() if name not in case_filter.form.errors}
        case_filter = _filter(answers)
    if len(answers) == len(QUESTIONS):
        return redirect(_list_url(answers))
    context = {
        "step": _step(answers, Counts()),
        "answered": _answered(answers),
        "questions": QUESTIONS,
        "list_url": _list_url(answers),
        "back_url": _back_url(answers),
        "errors": errors,
    }
    return render(request, "cases/find.html", context, status=400 if errors else 200)


def first_step(counts: Counts) -> Step:
    """The first question, for the home page. 1 query."""
    return _step({}, counts)


def _counted(facet: str, keys: BitMap, snapshot: Snapshot) -> list[Term]:
    terms = list(Term.objects.filter(facet=facet))
    for term in terms:
        term.case_count = keys.intersection_cardinality(snapshot.members(f"term:{term.pk}"))
    return [term for term in terms if term.case_count]


def _filter(answers: Answers) -> CaseFilter:
    return CaseFilter(_query(answers), Case.objects.published())


def _step(answers: Answers, counts: Counts) -> Step:
    left = counts.visible
    for name, values in answers.items():
        if chosen := [value for value in values if value.strip()]:
            left = left & members(counts.sets, name, chosen)
    number = next(place for place, question in enumerate(QUESTIONS) if question.name not in answers)
    question = QUESTIONS[number]
    choices = [
        Choice(term.name, term.description, term.case_count, _next_url(answers, question, term.slug))
        for term in _counted(question.name, left, counts.sets)
    ]
    return Step(number + 1, question, choices, _next_url(answers, question, ""), len(left))


def _answered(answers: Answers) -> dict[str, tuple[str, str]]:
    """(what was answered, address that asks again) by dimension. 1 query."""
    terms = Term.objects.filter(facet__in=answers, slug__in=[value for values in answers.values() for value in values])
    names = {(term.facet, term.slug): term.name for term in terms}
    return {
        name: (
            "、".join(names[name, value] for value in values if (name, value) in names) or "不限",
            _find_url({other: kept for other, kept in answers.items() if other != name}),
        )
        for name, values in answers.items()
    }


def _next_url(answers: Answers, question: Question, value: str) -> str:
    grown = {**answers, question.name: [value]}
    return _list_url(grown) if len(grown) == len(QUESTIONS) else _find_url(grown)


def _back_url(answers: Answers) -> str:
    """The question before; empty at the first one."""
    given = [question.name for question in QUESTIONS if question.name in answers]
    return _find_url({name: answers[name] for name in given[:-1]}) if given else ""


def _find_url(answers: Answers) -> str:
    query = _query(answers).urlencode()
    return f"{reverse('cases:find')}?{query}" if query else reverse("cases:find")


def _list_url(answers: Answers) -> str:
    query = _query({name: [value for value in values if value.strip()] for name, values in answers.items()}).urlencode()
    return f"{reverse('cases:case-list')}?{query}" if query else reverse("cases:case-list")


def _query(answers: Answers) -> QueryDict:
    query = QueryDict(mutable=True)
    for question in QUESTIONS:
        if answers.get(question.name):
            query.setlist(question.name, answers[question.name])
    return query
