"""Text of a Word file, written as Markdown and shown by the portal, reads as it did in Word."""

import html
import re
from io import BytesIO

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases.public.rendering import render_markdown
from cases.word.docx.blocks import Cell, Paragraph, Span, Table
from cases.word.recognition.markdown import MarkdownWriter
from cases.word.recognition.parser import read_case
from tests.word.docx_raw import case, p, r, raw_docx

SIGNS = st.text(alphabet="*_`~[]()<>&#+-=.!|\\:'\"/ 0123456789aZ文。\u3000;", min_size=1, max_size=30)
WORDS = st.one_of(SIGNS, st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30))


def written(*blocks):
    writer = MarkdownWriter({}, {})
    for block in blocks:
        writer.add(block)
    return writer.result()


def shown(markdown):
    """The words a reader sees, blanks aside."""
    text = html.unescape(nh3.clean(str(render_markdown(markdown)), tags=set()))
    return re.sub(r"\s+", "", text)


def label_key(text):
    return re.sub(r"\s+", "", text)


@settings(max_examples=150)
@given(WORDS)
def test_any_text_is_shown_as_it_was_written(text):
    markdown = written(Paragraph([Span(text)]))
    assert shown(markdown) == label_key(text)
    assert not re.search(r"<(?!/?p>|br)", str(render_markdown(markdown)))


@settings(max_examples=80)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_paragraphs_never_become_something_else_together(texts):
    assert shown(written(*(Paragraph([Span(text)]) for text in texts))) == label_key("".join(texts))


@settings(max_examples=80)
@given(WORDS, WORDS, WORDS)
def test_bold_in_a_sentence_is_shown_as_bold_and_no_sign_is_lost(before, text, after):
    markdown = written(Paragraph([Span(before), Span(text, bold=True), Span(after)]))
    assert shown(markdown) == label_key(before + text + after)


@settings(max_examples=80)
@given(WORDS, WORDS)
@example("0", "\\|")
def test_cells_stay_in_their_columns(left, right):
    rows = [[Cell([Paragraph([Span(text)])]) for text in pair] for pair in (("甲", "乙"), (left, right))]
    page = str(render_markdown(written(Table(rows))))
    assert page.count("<td") == (2 if label_key(left + right) else 0)
    assert shown(written(Table(rows))) == label_key("甲乙" + left + right)


@settings(max_examples=50)
@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=4), st.sampled_from(["bullet", "number"]))
def test_a_list_has_as_many_items_as_in_word(texts, kind):
    items = [Paragraph([Span(text)], listed=kind, ordinal=number) for number, text in enumerate(texts, 1)]
    page = str(render_markdown(written(*items)))
    assert page.count("<li>") == len(texts)
    assert shown(written(*items)) == label_key("".join(texts))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "&lt;b&gt;"]
)
def test_code_in_a_text_is_text(text):
    approach = read_case(BytesIO(raw_docx(case(p("说：", r(text))))), "a.docx").approach
    page = str(render_markdown(approach))
    assert shown(approach) == label_key("说：" + text)
    assert not re.search(r"<(script|img|a|b)\b", page)
