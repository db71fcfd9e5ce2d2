"""Lines of real titles and texts, as Chromium breaks them at four widths."""

import re

import pytest
import rjieba

from cases.models import Case

WIDTHS = (320, 360, 768, 1440)
# The pages of all cases, fetched once: {code: {title, article}}, both as HTML.
FETCH = """async codes => Object.fromEntries(await Promise.all(codes.map(async code => {
  const page = new DOMParser().parseFromString(await (await fetch(`/cases/${code}/`)).text(), "text/html");
  return [code, page.querySelector("article.prose").innerHTML];
})))"""
# Runs of text that stand on more than one line, of those that `find` gives for the text of an element.
SPLIT = """() => { window.splitRuns = (element, find) => {
  const nodes = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push([text.length, node]);
    text += node.data;
  }
  const place = at => { const [start, node] = nodes.findLast(([start]) => start <= at); return [node, at - start]; };
  return find(text).filter(([start, end]) => {
    const range = document.createRange();
    range.setStart(...place(start));
    const [last, offset] = place(end - 1);
    range.setEnd(last, offset + 1);
    // On one line boxes overlap, however large the number and small its unit; those of two lines hardly do.
    const boxes = [...range.getClientRects()].filter(box => box.width);
    const least = Math.min(...boxes.map(box => box.height));
    return Math.max(...boxes.map(box => box.top)) > Math.min(...boxes.map(box => box.bottom)) - 0.3 * least;
  }).map(([start, end]) => text.slice(start, end));
}; }"""
WORDS_PARTED = """([html, words]) => {
  const article = document.querySelector("article.prose");
  article.innerHTML = html;
  const h1 = article.querySelector("h1");
  const find = text => { let at = 0; return words.map(word => [at, at += word.length]).filter(([a, b]) => b - a > 1); };
  return { parted: splitRuns(h1, find), wide: document.documentElement.scrollWidth > innerWidth };
}"""
UNITS_PARTED = r"""html => {
  const article = document.querySelector("article.prose");
  article.innerHTML = html;
  const unit = /\d[\d,.]*\s?[余多]?\s?(?:[百千万亿]+(?:元|美元|户|家|人|笔)?|元|户|家|人|笔|天|年|个?月|日|小时|%|倍|亩|台|张|项)/g;
  return splitRuns(article, text => [...text.matchAll(unit)].map(match => [match.index, match.index + match[0].length]));
}"""


@pytest.fixture
def articles(page, site):
    page.goto(f"{site}/cases/sz2020-0101/")
    page.evaluate(SPLIT)
    return page.evaluate(FETCH, list(Case.objects.published().values_list("code", flat=True)))


def words_of(title: str) -> list[str]:
    """Words of the general dictionary; a unit after its number is the other test's."""
    return [piece for part in re.split(r"(\d\S*\s?..)", title) for piece in rjieba.cut(part, False)]


def test_no_title_breaks_inside_a_word(page, articles):
    headlines = {case.code: case.headline for case in Case.objects.published()}
    parted, wide = [], []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for code, html in articles.items():
            found = page.evaluate(WORDS_PARTED, [html, words_of(headlines[code])])
            parted += [(width, code, word) for word in found["parted"]]
            wide += [(width, code)] * found["wide"]
    assert (parted, wide) == ([], [])


def test_no_number_is_parted_from_its_unit(page, articles):
    parted = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for code, html in articles.items():
            parted += [(width, code, text) for text in page.evaluate(UNITS_PARTED, html)]
    assert parted == []
