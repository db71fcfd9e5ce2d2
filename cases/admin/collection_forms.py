"""What is asked when a collection is begun from another, and when it is published."""

import re

from django import forms

from cases.models import Collection

YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
TRIES = 30


class StartForm(forms.Form):
    title = forms.CharField(label="书名", max_length=100, widget=forms.TextInput(attrs={"class": "vLargeTextField"}))
    slug = forms.CharField(
        label="网址名", max_length=20, help_text="小写英文字母和数字，例如 sz2021。案例编号用它开头，以后不要改。"
    )
    year = forms.IntegerField(label="年份", min_value=1990, max_value=2100)
    period = forms.CharField(
        label="时间范围", max_length=80, required=False, widget=forms.TextInput(attrs={"class": "vLargeTextField"})
    )


class PublishForm(forms.Form):
    """``expected`` is the number of cases the page showed when it was confirmed."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    at = forms.DateTimeField(
        label="发布时间",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="留空即现在发布；填将来的时间，到时候读者才看得到。",
        error_messages={"invalid": "写成 2021-12-31 09:00 这样的日期和时间。"},
    )


def suggestion(source: Collection) -> dict[str, object]:
    """What next year's collection will most likely be called: every year one later, until the names are free."""
    taken = set(Collection.objects.values_list("slug", flat=True))
    titles = set(Collection.objects.values_list("title", flat=True))
    for step in range(1, TRIES):
        values = {
            "title": _later_title(source, step),
            "slug": _later_slug(source, step),
            "year": source.year + step,
            "period": later(source.period.partition("，")[0], step),
        }
        if values["slug"] not in taken and values["title"] not in titles:
            break
    return values


def later(text: str, years: int) -> str:
    """``text`` with every year in it moved on."""
    return YEAR.sub(lambda match: str(int(match.group()) + years), text)


def _later_title(source: Collection, step: int) -> str:
    moved = later(source.title, step)
    return moved if moved != source.title else f"{source.year + step} {source.title}"[:100]


def _later_slug(source: Collection, step: int) -> str:
    moved = re.sub(r"(?<!\d)(?:19|20)\d{2}\Z", "", source.slug)
    return f"{moved or source.slug}{source.year + step}"[-20:].lstrip("-")
