"""The drawn marks: one of each theme, by its slug, and one of the site; symbols of ``static/public/marks.svg``."""

from functools import lru_cache

from django.conf import settings
from lxml import etree

SPRITE = settings.BASE_DIR / "static" / "public" / "marks.svg"
# Degrees of oklch, by the order of the theme: red for the epidemic, green for green, the sea for what crosses borders.
HUES = (28, 56, 336, 84, 252, 308, 224, 196, 140, 4, 280, 112, 168)
SVG = "http://www.w3.org/2000/svg"
STROKE = 'fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"'


@lru_cache(maxsize=1)
def drawings() -> dict[str, str]:
    """The shapes of each mark, on a grid of 24 by 24, by name."""
    symbols = etree.parse(SPRITE).getroot().iter(f"{{{SVG}}}symbol")
    return {
        symbol.get("id"): "".join(etree.tostring(shape, encoding="unicode", with_tail=False) for shape in symbol)
        for symbol in symbols
    }


def hue_of(order: int | None) -> int:
    """The hue of a theme in degrees, as ``tokens.css`` has it."""
    return HUES[((order or 1) - 1) % len(HUES)]


def standalone(name: str, *, colour: str, width: float = 1.5) -> str:
    """A mark as an SVG of its own, for books and pictures; empty where a theme has none."""
    shapes = drawings().get(name)
    stroke = STROKE.format(colour=colour, width=width)
    return f'<svg xmlns="{SVG}" viewBox="0 0 24 24" {stroke}>{shapes}</svg>' if shapes else ""
