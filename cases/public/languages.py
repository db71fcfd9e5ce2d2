"""Pages in other languages: the language by the address alone, and what rows are called in it by one query a page.

A template writes ``{{ case|said:"title" }}``. On a Chinese page that is the Chinese. On another it is a mark that holds
the row's key and its Chinese; ``fill`` puts the translation in its place once the page is there and asks for all of them at
once, however many rows a page shows and whichever view made it. The marks are characters of private use.
The template library is loaded by every template (``builtins`` in the settings).
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, translate_url
from django.urls.resolvers import LocalePrefixPattern
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext

from cases.models import Translation
from cases.models.base import lines
from cases.models.translation import LANGUAGES, TRANSLATED, key_of

register = template.Library()
START, MIDDLE, END, BETWEEN = "\ue000", "\ue001", "\ue002", "\ue003"
MARK = re.compile(f"{START}([^{START}{MIDDLE}{END}]*){MIDDLE}([^{START}{MIDDLE}{END}]*){END}")
# Elements whose content is text alone, tags, and marks between them.
PIECE = re.compile(rf"<(title|option|textarea|script)\b.*?</\1>|<[^>]*>|{MARK.pattern}", re.DOTALL)
HAN = re.compile("[\u3400-\u9fff]")
TAGS = {settings.LANGUAGE_CODE: "zh-Hans"}  # of HTML; the others are as they are called in the settings


class Mark(SafeString):
    """What stands for the translation of one text until the page is there."""

    def __new__(cls, kind: str, key: str, name: str, shown: str) -> "Mark":
        chinese = re.sub(f"[{START}{MIDDLE}{END}{BETWEEN}]", "", conditional_escape(shown))
        mark = super().__new__(cls, f"{START}{BETWEEN.join((kind, key, name))}{MIDDLE}{chinese}{END}")
        mark.place, mark.shown = (kind, key, name), SafeString(chinese)
        return mark

    def __reduce__(self) -> tuple:
        # Kept in a cache and read again, it is a text among others: it has its place.
        return SafeString, (str.__str__(self),)


def is_chinese() -> bool:
    return get_language() not in LANGUAGES


@register.filter
def said(row: models.Model, name: str) -> str:
    """A field of ``row`` in the language of the page: ``{{ case|said:"title" }}``.

    Besides fields: the ``headline`` and ``second_line`` of a case, and ``quoted``, the title of a book as a text cites it.
    """
    if not isinstance(row, models.Model):
        return ""  # of a draft without chapter or institution
    chinese = str(row) if name == "quoted" else getattr(row, name)
    if is_chinese():
        return chinese
    if name in ("headline", "second_line"):
        name = "subtitle" if row.subtitle_leads == (name == "headline") else "title"
    return wording(*key_of(row), "title" if name == "quoted" else name, chinese)


@register.filter
def said_lines(row: models.Model, name: str) -> list[str]:
    """The lines of a field; of a translation, all in one, which breaks by itself."""
    return lines(getattr(row, name)) if is_chinese() else [said(row, name)]


def wording(kind: str, key: str, name: str, chinese: str) -> str:
    """The same for what is known by its key; ``chinese`` where the page is Chinese or there is no text."""
    return chinese if is_chinese() or not chinese else Mark(kind, key, name, chinese)


def say(message: str, *words: object) -> str:
    """Words of the site, Chinese in the code, in the language of the page (``locale/``); ``{0}``, ``{1}`` stand for ``words``.

    A message without ``words`` may hold braces. Marks pass through.
    """
    text = gettext(message)
    return text.format(*words) if words else text


def fill(html: str, language: str) -> str:
    """``html`` with each mark replaced by its text, or by the Chinese, named as such where a tag may stand. 1 query."""
    texts = read_texts(language, (tuple(found[1].split(BETWEEN)) for found in MARK.finditer(html)))

    def plain(found: re.Match) -> str:
        text = texts.get(found[1])
        return re.sub(r"<[^>]*>", "", found[2]) if text is None else conditional_escape(text).replace("\n", " ")

    def piece(found: re.Match) -> str:
        if found[2] is None:
            return MARK.sub(plain, found[0])
        text = texts.get(found[2])
        if text is None:
            return f'<span lang="{TAGS[settings.LANGUAGE_CODE]}">{found[3]}</span>'
        return conditional_escape(text).replace("\n", "<br>")

    return PIECE.sub(piece, html)


def read_texts(language: str, places: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """The translations of (kind, key, field), by these joined with ``BETWEEN``; no query where none is asked for."""
    wanted = {place[:2] for place in places if len(place) == 3 and place[0] in TRANSLATED}
    if not wanted:
        return {}
    kinds, keys = zip(*wanted, strict=True)
    rows = Translation.objects.filter(language=language, kind__in=set(kinds), key__in=set(keys))
    return {
        BETWEEN.join((kind, key, name)): text
        for kind, key, texts in rows.values_list("kind", "key", "texts")
        for name, text in texts.items()
        if text
    }


# --- addresses ------------------------------------------------------------------------------------------------------


class Prefix:
    """Django's prefix of the language (none in Chinese), which it allows in no URLconf that is included."""

    def __init__(self) -> None:
        self.pattern = LocalePrefixPattern(prefix_default_language=False)

    def __getattr__(self, name: str) -> object:
        return getattr(self.pattern, name)

    def __str__(self) -> str:
        return str(self.pattern)


def in_each_language(patterns: list[URLPattern], *, without: Iterable[str]) -> list[URLPattern | URLResolver]:
    """The addresses, those of pages below ``/en/`` too; ``without`` names those for programs, which have one language."""
    single = [pattern for pattern in patterns if pattern.name in without]
    return [URLResolver(Prefix(), [pattern for pattern in patterns if pattern.name not in without]), *single]


def language_of(path: str) -> str:
    """The language that an address says: ``/en/cases/`` is English, what has no prefix Chinese."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES else settings.LANGUAGE_CODE


def in_language(address: str, language: str = settings.LANGUAGE_CODE) -> str:
    """An address of a page, absolute or not, as it is in ``language``."""
    parts, prefix = urlsplit(address), "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return parts._replace(path=prefix + parts.path.removeprefix(f"/{language_of(parts.path)}")).geturl()


@register.simple_tag(takes_context=True)
def alternates(context: dict) -> list[tuple[str, str, str, str]]:
    """(code, tag for HTML, name, canonical address) of the page in each language; nothing where there is but one."""
    request, meta = context.get("request"), context.get("meta")
    if (
        request is None
        or request.resolver_match is None
        or translate_url(request.path, next(iter(LANGUAGES))) == translate_url(request.path, settings.LANGUAGE_CODE)
    ):
        return []
    here = meta.url if meta and meta.url else request.build_absolute_uri()
    return [(code, TAGS.get(code, code), name, in_language(here, code)) for code, name in settings.LANGUAGES]


@register.filter
def shortened(text: str, length: int) -> str:
    """``text`` of at most ``length`` characters; what is yet to be filled in is left whole."""
    return text if START in text else Truncator(text).chars(length)


@register.filter
def as_chinese(text: str, tag: str = "span") -> str:
    """A text that has no translation, in an element that says so where the page is not Chinese and the text is."""
    return (
        text
        if is_chinese() or not HAN.search(text or "")
        else format_html("<{0}{1}>{2}</{0}>", tag, in_chinese(), text)
    )


@register.simple_tag
def page_language() -> str:
    """The language of the page as HTML names it."""
    return TAGS.get(get_language(), get_language())


@register.simple_tag
def in_chinese() -> SafeString:
    """An attribute for an element whose text is Chinese on every page: ``<p{% in_chinese %}>``."""
    return SafeString("") if is_chinese() else format_html(' lang="{}"', TAGS[settings.LANGUAGE_CODE])
