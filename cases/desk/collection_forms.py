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
    """Guess what next year's collection will be called: every year one later, until the names are free."""
    taken = set(Collection.objects.values_list("slug", flat=True))
    titles = set(Collection.objects.values_list("title", flat=True))
    stem = re.sub(r"(?<!\d)(?:19|20)\d{2}\Z", "", source.slug) or source.slug
    for step in range(1, TRIES):
        year, title = source.year + step, later(source.title, step)
        values = {
            "title": title if title != source.title else f"{year} {title}"[:100],
            "slug": f"{stem}{year}"[-20:].lstrip("-"),
            "year": year,
            "period": later(source.period.partition("，")[0], step),
        }
        if values["slug"] not in taken and values["title"] not in titles:
            break
    return values


def later(text: str, years: int) -> str:
    """Return ``text`` with every year in it moved on."""
    return YEAR.sub(lambda match: str(int(match.group()) + years), text)
