"""书架: cases a reader has picked, in an order, with a title and notes of the reader's own. The browser keeps it; its address is all of it.

``/shelf/?title=…&case=CODE&case=CODE&note=CODE.…``: a note is the base64url of its UTF-16 (big-endian, without padding), 2.7 bytes a
character where percent-encoding takes 9, since servers and messengers cut long addresses.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from cases.models import Case
from cases.public.languages import say

NAME, TITLE_MAX, NOTE_MAX = "我的书架", 60, 300
MAX_CASES = 200  # as many as ``CaseFilter`` takes one by one


@dataclass
class Shelf:
    """``codes`` are those of public cases; ``errors`` say in Chinese what of the address could not be read or shown."""

    title: str = ""
    codes: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.title or say(NAME)

    def address(self, *, with_notes: bool = True) -> str:
        pairs = [("title", self.title)] if self.title else []
        pairs += [("case", code) for code in self.codes]
        pairs += [("note", f"{code}.{pack(note)}") for code, note in self.notes.items() if with_notes]
        return reverse("cases:shelf") + (f"?{urlencode(pairs)}" if pairs else "")


def read_shelf(data: QueryDict) -> Shelf:
    """The shelf of a query string. 1 query."""
    shelf = Shelf(title=_clean(data.get("title", "")))
    if len(shelf.title) > TITLE_MAX:
        shelf.errors.append(say("书架的名字有 {0} 字，最多 {1} 字。", len(shelf.title), TITLE_MAX))
        shelf.title = shelf.title[:TITLE_MAX]
    asked = list(dict.fromkeys(code.strip() for code in data.getlist("case") if code.strip()))
    if len(asked) > MAX_CASES:
        shelf.errors.append(say("一个书架最多放 {0} 篇，后面的 {1} 篇没有放上。", MAX_CASES, len(asked) - MAX_CASES))
        asked = asked[:MAX_CASES]
    public = set(Case.objects.published().filter(code__in=asked).values_list("code", flat=True)) if asked else set()
    shelf.codes = [code for code in asked if code in public]
    if missing := [code for code in asked if code not in public]:
        shelf.errors.append(say("这里没有，或者现在看不到：{0}。", say("、").join(code[:30] for code in missing[:5])))
    for packed in data.getlist("note")[:MAX_CASES]:
        code, _, text = packed.partition(".")
        note = unpack(text)
        if note is None or len(note) > NOTE_MAX:
            shelf.errors.append(say("有一条注读不出来：网址可能没有复制完整。"))
        elif note and code in shelf.codes:
            shelf.notes[code] = note
    return shelf


def pack(note: str) -> str:
    return base64.urlsafe_b64encode(note.encode("utf-16-be")).rstrip(b"=").decode()


def unpack(text: str) -> str | None:
    """The note packed in an address, without what no text holds; ``None`` where it is none."""
    try:
        note = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("utf-16-be")
    except (binascii.Error, ValueError):
        return None
    return _clean(note)


def _clean(text: str) -> str:
    """Text without the characters that no file may hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", text).strip()
