"""Display only: nothing here decides what is shown."""

import html
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

import segno
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cases.models.base import person_name
from cases.models.dates import ADDED_YEAR
from cases.models.figure import KeyFigure
from cases.models.places import places_of
from cases.models.units import UNITS
from cases.public.amounts import is_english, said_unit, value_in_english
from cases.public.annotating import TAG
from cases.public.languages import Mark, as_chinese, in_language, is_chinese
from cases.public.marks import HUES, drawings
from cases.public.metadata import coins as coins_title
from cases.public.metadata import reference
from cases.public.rendering import render_markdown
from cases.search import lexicon
from cases.search.analysis import HAN, Segmenter

register = template.Library()
register.filter(person_name)
register.filter(said_unit)

DIGITS = "零壹贰叁肆伍陆柒捌玖"
READING_SPEED = 450  # characters a minute, ordinary Chinese prose
FIGURE = re.compile(r"^(?P<before>\D*?)(?P<number>[\d,.]+(?:\s*[-—~至×]\s*[\d,.]+)*)\s*(?P<after>.*)$")


@register.filter
def cn_number(number: int | None) -> str:
    """1-99 in the numerals that books and banks print: 壹, 拾, 拾壹, 贰拾叁; in digits where the page is not Chinese."""
    if number and not is_chinese():
        return str(number)
    if not number or not 1 <= number <= 99:
        return ""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "拾" if tens == 1 else f"{DIGITS[tens]}拾"
    return head + (DIGITS[ones] if ones else "")


@register.simple_tag
def facet_values(group: object, values: Iterable) -> SafeString:
    """The items of a list of values (``FacetValue``) of a ``FacetGroup``. A page holds 250 of them: as templates they were a third of its cost."""
    unit, chosen = conditional_escape(gettext("篇")), conditional_escape(gettext("（已选，点按去掉）"))
    count_end = f'<span class="sr"> {unit}</span></span>'
    items = []
    for value in values:
        label = value.label if isinstance(value.label, SafeString) else html.escape(value.label)
        if not (value.count or value.selected):
            items.append(f'<li><span class="none"><span>{label}</span><span class="n">0{count_end}</span></li>\n')
            continue
        on, word = (' class="on"', f'<span class="sr">{chosen}</span>') if value.selected else ("", "")
        described = value.description if isinstance(value.description, SafeString) else html.escape(value.description)
        title = f' title="{described}"' if described else ""
        items.append(
            f'<li><a id="{group.name}-{html.escape(value.slug)}"{on} href="{html.escape(value.toggle_url)}" rel="nofollow"{title}>'
            f'<span>{label}{word}</span><span class="n">{value.count}{count_end}</a></li>\n'
        )
    return mark_safe("".join(items))  # noqa: S308 -- each part is escaped above


@register.filter
def hue(order: int | None) -> str:
    """The CSS class that carries a chapter's colour."""
    return f"hue-{((order or 1) - 1) % len(HUES) + 1}"


@register.filter
def markdown(text: str, prefix: str = "") -> SafeString:
    return render_markdown(text, prefix=prefix and f"{prefix}-")


@register.filter
def figure_parts(figure: KeyFigure) -> dict[str, str]:
    """The value of a figure taken apart for setting: ``before`` (超), ``number`` (3200), ``after`` (亿元).

    Where the page says it in English, ``printed`` is what the source prints.
    """
    english = "" if is_chinese() or not is_english() else value_in_english(figure)
    parts, most = {"printed": figure.value if english else ""}, 20 if english else 10
    match = FIGURE.match(english or figure.value)
    if not match or len(match["after"]) > most or len(match["before"]) > most - 4:
        return parts | {"before": "", "number": "", "after": english or figure.value}
    return parts | {name: part.strip() for name, part in match.groupdict().items()}


@register.filter
def printed_date(value: str) -> SafeString:
    """A date as printed; the year an editor added in 〔〕 is set apart."""
    found = ADDED_YEAR.match(value or "")
    if not found:
        return keep_quantities(value or "")
    added = format_html('<span class="added" title="{}">〔{} 年〕</span>', gettext("年份为编者所加"), found[1])
    return format_html("{}{}", added, keep_quantities(found[2]))


@register.filter
def linked_places(regions: str) -> list[dict[str, str]]:
    """The places of a case as they are written, each with the list of cases of the closest place that is known."""
    parts = [(part.strip(), places_of(part)) for part in re.split("[、，,；;]", regions) if part.strip()]
    return [
        {"text": text, "url": reverse("cases:case-list", query={"region": slugs[-1]}) if slugs else ""}
        for text, slugs in parts
    ]


@register.simple_tag
def mark(category) -> SafeString:
    """A theme's drawn mark, the same wherever the theme is shown; its Han character where it has no drawing yet."""
    if category.slug not in drawings():
        return format_html('<span class="mark glyph" aria-hidden="true">{}</span>', category.mark)
    address = static("public/marks.svg")
    return format_html(
        '<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>', address, category.slug
    )


@register.simple_tag(takes_context=True)
def here(context: dict, address: str) -> SafeString:
    """Mark the link to the page itself, or to the section it belongs to."""
    path = context["request"].path
    kind = "page" if path == address else "true" if path.startswith(address) else ""
    return format_html(' aria-current="{}"', kind) if kind else SafeString("")


@register.simple_tag
def licence() -> dict[str, str]:
    """The terms on which texts may be used again, as the operator set them; an empty name where none are."""
    return {"name": settings.LICENCE_NAME, "url": settings.LICENCE_URL}


@register.simple_tag(takes_context=True)
def coins(context: dict, case) -> SafeString:
    """The case as a COinS span: a page of several can be taken into Zotero."""
    address = in_language(context["request"].build_absolute_uri(case.get_absolute_url()))
    item = reference(case, address=address, accessed=timezone.localdate())
    return format_html('<span class="Z3988" title="{}"></span>', coins_title(item))


@register.simple_tag
@lru_cache(maxsize=512)
def qr_code(address: str) -> SafeString:
    """An address as a QR code, a drawing of some 3 kB in the page itself."""
    return mark_safe(segno.make(address, error="m").svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 -- drawn by segno, holds no text


@register.filter
def beside(address: str, suffix: str) -> str:
    """The address of the file beside a page: /cases/?q=x gives /cases.bib?q=x for ``bib``, /cases.txt?style=apa&q=x for
    ``txt?style=apa``."""
    path, _, query = in_language(address).partition("?")
    mark = "" if not query else "&" if "?" in suffix else "?"
    return f"{path.rstrip('/')}.{suffix}{mark}{query}"


@register.filter
def reading_minutes(case) -> int:
    """How long an ordinary reader takes for the case, in whole minutes, at least one."""
    length = sum(len(getattr(case, name)) for name in ("summary", *case.SECTIONS))
    return max(1, round(length / READING_SPEED))


# --- where a line may break: titles between words, never between a number and its unit ------------------------------
# On escaped text or safe HTML, between tags. Browsers break Chinese after any character; no stylesheet knows its words.

HAN_NEXT = re.compile(rf"[{HAN}]")
HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")
# Measure words that are no unit of the table of units: 第 2 章, 3 台, 700 亩.
MEASURES = "年底 年末 年初 月末 月底 月初 个 名 位 次 项 件 份 张 台 辆 只 条 种 类 批 款 层 级 号 岁 倍 折 期 轮 篇 页 章 届 场 所 座 亩 吨 米 公里 平方米 平方公里 千瓦时 人 亿 万 千 余"
NUMERAL = r"\d[\d,.]*(?:[-—–~～至]\d[\d,.]*)?"
WORDS = "|".join(map(re.escape, sorted({*UNITS, *MEASURES.split()}, key=len, reverse=True)))
QUANTITY = re.compile(rf"(?:第\s?)?{NUMERAL}\s?[余多]?\s?[百千万亿]*[余多]?\s?(?:{WORDS})")
# Words of one character: a line begins with none of these, nor ends with one of those.
NOT_FIRST = set("的了着过地得们等内外里中上下前后时起间者型式性化率额量贷贴券债网户")
NOT_LAST = set("不未再转各每该首超近约逾多达仅共更高为以把被从向对与和及在由按给借另")
SHORT = 400  # characters of a text worth remembering
LONGEST = 14  # characters that stay on one line at 320 px in the largest type


@register.filter
def keep_quantities(text: str) -> SafeString:
    """``text`` with each number and its unit on one line: 690 万元, 2.3～2.5%, 第 2 章."""
    return _between_tags(text, _with_quantities)


@register.filter
def said_value(figure: KeyFigure) -> SafeString:
    """The printed value of a figure; on an English page in English, where that can be said exactly, with what is printed."""
    english = "" if is_chinese() or not is_english() else value_in_english(figure)
    printed = as_chinese(keep_quantities(figure.value))
    if not english or english == figure.value:
        return printed
    return format_html('<span class="one-line">{}</span> <small class="printed">{}</small>', english, printed)


@register.filter
def break_between_words(text: str) -> SafeString:
    """A title that a stylesheet with ``word-break: keep-all`` breaks between words, quantities kept whole."""
    return _between_tags(text, _with_breaks)


def _between_tags(text: str, change: Callable[[str], str]) -> SafeString:
    if isinstance(text, Mark):
        return Mark(*text.place, _between_tags(text.shown, change))
    safe = str(conditional_escape(text))
    return _changed_once(safe, change) if len(safe) <= SHORT else _changed(safe, change)


@lru_cache(maxsize=8192)  # titles and summaries stand on many pages
def _changed_once(text: str, change: Callable[[str], str]) -> SafeString:
    return _changed(text, change)


def _changed(text: str, change: Callable[[str], str]) -> SafeString:
    pieces = TAG.split(text)
    return mark_safe("".join(piece if piece.startswith("<") else change(piece) for piece in pieces))  # noqa: S308 -- escaped or safe before; only our own tags are added


def _on_one_line(found: re.Match) -> str:
    return f'<span class="one-line">{found[0]}</span>' if len(found[0]) <= LONGEST else found[0]


def _with_quantities(text: str) -> str:
    return QUANTITY.sub(_on_one_line, text)


def _with_breaks(text: str) -> str:
    done, pieces = 0, []
    for found in QUANTITY.finditer(text):
        done, before = found.end(), text[done : found.start()]
        pieces += [_words(before), _on_one_line(found)]
        if HAN_NEXT.match(text, done):
            pieces.append("<wbr>")
    return "".join([*pieces, _words(text[done:])])


def _words(text: str) -> str:
    return HAN_RUN.sub(lambda found: _breakable(found[0]), text)


@lru_cache(maxsize=4096)
def _breakable(run: str) -> str:
    """A run of Han characters with ``<wbr>`` between its words."""
    words = _segmenter().words(run)
    return words[0] + "".join(
        word if word in NOT_FIRST or before in NOT_LAST else f"<wbr>{word}" for before, word in pairwise(words)
    )


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    # Without the names in the database, which the search's own knows: a page that shows a title asks nothing for it, and the
    # same title breaks at the same places on every node.
    return Segmenter(lexicon.dictionary(), is_standing=True)
