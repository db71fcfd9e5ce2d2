"""Markdown to safe HTML, once for each text."""

import hashlib
import re

import markdown
import nh3
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions.toc import TocExtension, slugify_unicode

from cases.models.image import change_places

RENDERER_VERSION = 3
MAX_LENGTH = 40_000
MAX_BRACKETS = 400
CACHE_SECONDS = 30 * 24 * 3600

TOP_LEVEL = 3
# The place of an image while the text is Markdown: no text has these characters (``_defuse``), so none can fake one.
HELD, HELD_PARAGRAPH = re.compile("\ue010\\d+\ue011"), re.compile("<p>\ue010(\\d+)\ue011</p>")
# ... and in the HTML: a comment, which shows nothing where nobody fills it in; nh3 leaves none of a text's own.
IMAGE_PLACE = re.compile(r"<!--图 (\d+)-->")
ATX = re.compile(r"^(#{1,6})[^#\n]", re.MULTILINE)

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "sup", "sub", "blockquote"),
    *("code", "pre", "table", "thead", "tbody", "tr", "th", "td", "a"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    **{f"h{level}": {"id"} for level in range(3, 7)},
}
SCHEMES = {"http", "https", "mailto", "tel"}


def render_markdown(text: str, *, prefix: str = "") -> SafeString:
    """Safe HTML of ``text``; heading ids begin with ``prefix`` so that several texts can share a page.

    The highest heading of a text is an h3, whatever number of # its author gave it. The place of an image is a comment
    (``IMAGE_PLACE``), to be filled in by who has the images. Text beyond ``MAX_LENGTH`` characters is not rendered. The result is cached by content,
    so a stale rendering cannot exist.
    """
    key = "md:" + hashlib.sha256(f"{RENDERER_VERSION}\0{prefix}\0{text}".encode("utf-8", "replace")).hexdigest()
    html = cache.get(key)
    if html is None:
        html = _render(text[:MAX_LENGTH], prefix)
        cache.set(key, html, CACHE_SECONDS)
    return mark_safe(html)  # noqa: S308 -- nh3 has removed all that is not on the allow-list


def _render(text: str, prefix: str) -> str:
    text = _defuse(text)
    levels = [len(marks) for marks in ATX.findall(text)]
    # The highest heading of the text comes right below the page's h2.
    baselevel = TOP_LEVEL + 1 - min(levels, default=1)
    toc = TocExtension(baselevel=baselevel, slugify=lambda value, sep: prefix + slugify_unicode(value, sep))
    converter = markdown.Markdown(
        extensions=["sane_lists", "tables", toc],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
    html = nh3.clean(converter.convert(text), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    html = HELD.sub("", HELD_PARAGRAPH.sub(r"<!--图 \1-->", html))
    html = re.sub(r' align="(left|right|center)"', r' class="align-\1"', html)
    html = html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


def _defuse(text: str) -> str:
    """Take the power from input built to be slow: link parsing is quadratic in open brackets, quotes nest."""
    text = re.sub("[\x00\ue010\ue011]", "", text).replace("\r\n", "\n")
    text = change_places(text, lambda number: f"\n\n\ue010{number}\ue011\n\n")
    # Word users put a list right under its lead-in; Markdown wants an empty line between.
    text = re.sub(r"^(?![ \t]*(?:[-*+]|\d+[.)])[ \t])(.*\S.*)\n(?=[-*+][ \t])", r"\1\n\n", text, flags=re.MULTILINE)
    if text.count("[") > MAX_BRACKETS:
        text = text.replace("[", "&#91;")
    return re.sub(r"^([ \t]*>){6,}", ">", text, flags=re.MULTILINE)
