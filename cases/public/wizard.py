"""The guided finder: three plain questions, each an address of its own, that end at the filtered list."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from cases.models import Term
from cases.public.filters import CaseFilter, with_query
from cases.public.languages import said, say
from cases.search.bitmaps import Counts, IndexState

Answers = Mapping[str, list[str]]  # by facet, in any order; [""] where the reader skipped the question


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
    """Ask the first question not answered by ``audience``, ``need`` and ``instrument`` (empty: skipped).

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
        return redirect(address(answers))
    *before, _ = [*answers] or [""]
    context = {
        "step": _step(answers, case_filter.qs.keys, case_filter.state),
        "answered": _answered(answers),
        "questions": QUESTIONS,
        "list_url": address({**dict.fromkeys(question.name for question in QUESTIONS), **answers}),
        "back_url": address({name: answers[name] for name in before}) if answers else "",
        "errors": errors,
    }
    return render(request, "public/find.html", context, status=400 if errors else 200)


def first_step(counts: Counts) -> Step:
    """Give the first question, for the home page. 1 query."""
    return _step({}, counts.visible, counts.state)


def address(answers: Answers) -> str:
    """The next question after these answers, or the list where every question has one, even ``None``."""
    is_list = len(answers) == len(QUESTIONS)
    values = {question.name: answers.get(question.name) or [] for question in QUESTIONS}
    if is_list:
        values = {name: [value for value in own if value.strip()] for name, own in values.items()}
    return with_query(reverse("cases:case-list" if is_list else "cases:find"), values)


def _filter(answers: Answers) -> CaseFilter:
    data = QueryDict(mutable=True)
    for name, values in answers.items():
        data.setlist(name, values)
    return CaseFilter(data)


def _step(answers: Answers, cases: BitMap, state: IndexState) -> Step:
    """The first question without an answer; ``cases`` are those that the answers leave."""
    number, question = next(item for item in enumerate(QUESTIONS, 1) if item[1].name not in answers)
    choices = []
    for term in Term.objects.filter(facet=question.name):
        if count := state.count([f"term:{term.pk}"], cases):
            url = address({**answers, question.name: [term.slug]})
            choices.append(Choice(said(term, "name"), said(term, "description"), count, url))
    return Step(number, question, choices, address({**answers, question.name: [""]}), len(cases))


def _answered(answers: Answers) -> dict[str, tuple[str, str]]:
    """(what was answered, address that asks again) by facet. 1 query."""
    terms = Term.objects.filter(facet__in=answers, slug__in=[value for values in answers.values() for value in values])
    names = {(term.facet, term.slug): said(term, "name") for term in terms}
    return {
        name: (
            say("、").join(names[name, value] for value in values if (name, value) in names) or say("不限"),
            address({other: kept for other, kept in answers.items() if other != name}),
        )
        for name, values in answers.items()
    }
