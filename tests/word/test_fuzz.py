"""Anything at all, by chance: a document or a refusal, never another error."""

import re
from io import BytesIO

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases.word.document import SECTION_NAMES, WordDocument, WordFileError
from cases.word.recognition.front_matter import FIELDS
from cases.word.recognition.headings import HINT as FORM_HINT
from cases.word.recognition.headings import LABEL_OF, SECTION_OF, strip_number
from cases.word.recognition.images import encode_images
from cases.word.recognition.layout_tables import HINT
from cases.word.recognition.parser import read_case
from cases.word.sandbox.ipc import receive, send
from tests.word import docx_raw as raw

KNOWN = re.compile("|".join(sorted([*SECTION_OF, *LABEL_OF], key=len, reverse=True)))

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
LABELS = st.sampled_from(
    [
        "案例背景",
        "主要做法",
        "取得成效",
        "案例摘要",
        "申报单位：",
        "甲银行深圳分行",
        "2020 年 9 月末",
        "图 1 网点",
        "超 3200 亿元",
    ]
)
WORDS = st.one_of(
    TEXTS, LABELS, st.sampled_from(["3. ", "一、", "（一）", "——", "〔填：", "〕", "【", "】", "\n", "\u3000"])
)
ATTRIBUTES = st.sampled_from(
    ["", "0", "1", "-1", "99999999999999", "NaN", "true", "center", "begin", "separate", "end", "文"]
)
NAMES = st.sampled_from(
    [
        "p",
        "r",
        "t",
        "tab",
        "br",
        "tbl",
        "tr",
        "tc",
        "tcPr",
        "trPr",
        "pPr",
        "rPr",
        "pStyle",
        "numPr",
        "ilvl",
        "numId",
        "gridSpan",
        "vMerge",
        "ins",
        "del",
        "moveTo",
        "sdt",
        "sdtPr",
        "sdtContent",
        "hyperlink",
        "fldChar",
        "instrText",
        "fldSimple",
        "footnoteReference",
        "drawing",
        "pict",
        "object",
        "sym",
        "vanish",
        "b",
        "sz",
        "jc",
        "outlineLvl",
        "smartTag",
        "ruby",
        "showingPlcHdr",
        "txbxContent",
        "altChunk",
        "commentReference",
    ]
)


@st.composite
def elements(draw, depth=4):
    """XML of Word's own elements in any order, with any values."""
    name = draw(NAMES)
    attributes = "".join(
        f' w:{key}="{draw(ATTRIBUTES)}"'
        for key in draw(
            st.lists(st.sampled_from(["val", "id", "fldCharType", "instr", "char"]), unique=True, max_size=3)
        )
    )
    if name in ("t", "instrText") or depth == 0:
        inside = draw(WORDS).replace("&", "&amp;").replace("<", "&lt;").replace("\ufffe", "").replace("\uffff", "")
    else:
        inside = "".join(draw(st.lists(elements(depth - 1), max_size=3)))
    return f"<w:{name}{attributes}>{inside}</w:{name}>"


def read(data: bytes) -> WordDocument | None:
    try:
        document = encode_images(read_case(BytesIO(data), "来稿.docx"))
    except WordFileError as error:
        assert str(error)  # noqa: PT017 -- either way is right
        return None
    stream = BytesIO()
    send(document, stream)
    stream.seek(0)
    assert receive(stream) == document
    return document


@settings(max_examples=80)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml", b"{\\rtf"]),
)
def test_any_bytes(data, start):
    read(start + data)


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "x"]),
        st.binary(max_size=200),
    )
)
def test_any_members_of_a_zip(members):
    read(raw.zipped(members))


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=20))
def test_any_bytes_changed(changes):
    data = bytearray(raw.raw_docx(raw.case(raw.p("做了。")), styles=raw.STYLES))
    for at, value in changes:
        data[at % len(data)] = value
    read(bytes(data))


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(elements(), max_size=6))
def test_any_elements_in_any_order(blocks):
    read(raw.raw_docx("".join(blocks), styles=raw.STYLES, numbering=raw.NUMBERING))


def bare(text: str) -> str:
    """Letters and digits, without the names of sections and fields, which are understood rather than kept."""
    return re.sub(r"[\W_]", "", KNOWN.sub("", re.sub(r"\s", "", HINT.sub("", FORM_HINT.sub("", text)))))


@settings(max_examples=120)
@given(st.lists(st.lists(WORDS, max_size=4).map("".join), min_size=1, max_size=12))
@example(["案例背景〕00 "])  # a blank at the end once cost the first character
def test_no_word_is_lost_without_a_notice(lines):
    clean = ["".join(char for char in line if char.isprintable() and char != "<") for line in lines]
    document = read(raw.raw_docx("".join(raw.p(raw.r(line)) for line in clean)))
    if document is not None:
        fields = [getattr(document, name) for name in (*FIELDS, *SECTION_NAMES)]
        told = [notice.text for notice in document.notices]
        kept = "".join(bare(line.replace("&amp;", "&")) for text in [*fields, *told] for line in text.split("\n"))
        assert [line for line in clean if bare(strip_number(line).words) not in kept] == []


@settings(max_examples=80)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_any_table(rows):
    clean = [["".join(char for char in cell if char.isprintable()) for cell in row] for row in rows]
    read(raw.raw_docx(raw.tbl(*[[raw.tc(raw.p(raw.r(cell))) for cell in row] for row in clean])))
