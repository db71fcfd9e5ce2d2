"""Display only: nothing here decides what is shown."""

import re

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from cases.models.dates import ADDED_YEAR
from cases.public import metadata
from cases.public.citing.records import reference
from cases.public.rendering import render_markdown

register = template.Library()

DIGITS = "零壹贰叁肆伍陆柒捌玖"
HUES = 13
READING_SPEED = 450  # characters a minute, ordinary Chinese prose
FIGURE = re.compile(r"^(?P<before>\D*?)(?P<number>[\d,.]+(?:\s*[-—~至×]\s*[\d,.]+)*)\s*(?P<after>.*)$")


@register.filter
def cn_number(number: int | None) -> str:
    """1-99 in the numerals that books and banks print: 壹, 拾, 拾壹, 贰拾叁."""
    if not number or not 1 <= number <= 99:
        return ""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "拾" if tens == 1 else f"{DIGITS[tens]}拾"
    return head + (DIGITS[ones] if ones else "")


@register.filter
def hue(order: int | None) -> str:
    """The CSS class that carries a chapter's colour."""
    return f"hue-{((order or 1) - 1) % HUES + 1}"


@register.filter
def markdown(text: str, prefix: str = "") -> SafeString:
    return render_markdown(text, prefix=prefix and f"{prefix}-")


@register.filter
def figure_parts(value: str) -> dict[str, str]:
    """A printed value taken apart for setting: ``before`` (超), ``number`` (3200), ``after`` (亿元)."""
    match = FIGURE.match(value)
    if not match or len(match["after"]) > 10 or len(match["before"]) > 6:
        return {"before": "", "number": "", "after": value}
    return {name: part.strip() for name, part in match.groupdict().items()}


@register.filter
def printed_date(value: str) -> SafeString:
    """A date as printed; the year an editor added in 〔〕 is set apart."""
    found = ADDED_YEAR.match(value or "")
    if not found:
        return escape(value or "")
    added = format_html('<span class="added" title="年份为编者所加">〔{} 年〕</span>', found[1])
    return format_html("{}{}", added, found[2])


@register.simple_tag(takes_context=True)
def coins(context: dict, case) -> SafeString:
    """The case as a COinS span: a page of several can be taken into Zotero."""
    address = context["request"].build_absolute_uri(case.get_absolute_url())
    item = reference(case, address=address, accessed=timezone.localdate())
    return format_html('<span class="Z3988" title="{}"></span>', metadata.coins(item))


@register.filter
def beside(address: str, suffix: str) -> str:
    """The address of the file beside a page: /cases/?q=x gives /cases.bib?q=x for ``bib``, /cases.txt?style=apa&q=x for
    ``txt?style=apa``."""
    path, _, query = address.partition("?")
    mark = "" if not query else "&" if "?" in suffix else "?"
    return f"{path.rstrip('/')}.{suffix}{mark}{query}"


@register.filter
def person_name(user) -> str:
    """The family name first, as Chinese names are said; the name of the account where no other is known."""
    return f"{user.last_name}{user.first_name}" or user.get_username() if user else ""


@register.filter
def reading_minutes(case) -> int:
    """How long an ordinary reader takes for the case, in whole minutes, at least one."""
    length = sum(len(getattr(case, name)) for name in ("summary", *case.SECTIONS))
    return max(1, round(length / READING_SPEED))
