"""What each kind of page weighs on its way to a reader."""

import gzip
import re

import brotli
import pytest
from django.conf import settings

KINDS = ["/", "/cases/", "/cases/?q=没有抵押怎么贷款", "/categories/small-business/", "/cases/sz2020-0304/"]
KINDS += ["/collections/sz2020/", "/institutions/abc-shenzhen/", "/products/", "/figures/", "/shelf/?case=sz2020-0304"]
KILO = 1024


@pytest.mark.parametrize("path", KINDS)
def test_a_page_stays_light(client, seeded, path):
    """In kilobytes as sent: pages by gzip, what never changes by brotli."""
    html = client.get(path).content
    named = {
        "css": re.findall(rb'<link rel="stylesheet" href="/static/([^"]+)"', html),
        "js": re.findall(rb'<script src="/static/([^"]+)"', html),
    }
    weight = {
        kind: sum(len(brotli.compress((settings.BASE_DIR / "static" / name.decode()).read_bytes())) for name in names)
        for kind, names in named.items()
    }
    assert len(gzip.compress(html, 6)) < 40 * KILO
    assert 0 < weight["css"] < 20 * KILO
    assert 0 < weight["js"] < 25 * KILO
