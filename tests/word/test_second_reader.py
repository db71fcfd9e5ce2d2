"""A second reader as a witness: whatever words mammoth finds in a file, ours has too."""

import re
from io import BytesIO

import mammoth
import pytest

from cases.word.document import SECTION_NAMES
from cases.word.recognition.front_matter import FIELDS
from cases.word.recognition.parser import read_case
from tests.word import docx_files as files
from tests.word.docx_raw import NUMBERING, STYLES, bold, case, field, numbered, p, r, raw_docx, tbl, tc

BODY = case(
    p("前", bold("粗"), "后", "<w:r><w:br/></w:r>", "换行"),
    numbered("第一", 1)
    + numbered("甲", 2, 1)
    + p("（一）小标题")
    + p(field("REF x", "域"), "<w:ins>" + r("新增") + "</w:ins>"),
    tbl(
        ["项目", "金额"],
        [tc("小微", props='<w:vMerge w:val="restart"/>'), "3 亿元"],
        [tc("", props="<w:vMerge/>"), "4 亿元"],
    ),
    "<w:sdt><w:sdtContent>" + p("控件") + "</w:sdtContent></w:sdt>",
)
FILES = {
    "styles": files.styled_case,
    "by hand": files.plain_case,
    "flat": files.flat_case,
    "pictures": files.picture_case,
    "elements": lambda: raw_docx(BODY, styles=STYLES, numbering=NUMBERING),
}


def words(text):
    return re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize("name", FILES)
def test_no_word_of_the_witness_is_missing(name):
    data = FILES[name]()
    document = read_case(BytesIO(data), "来稿.docx")
    captions = [image.caption for image in document.images]
    kept = words(" ".join([*(getattr(document, field) for field in (*FIELDS, *SECTION_NAMES)), *captions]))
    lines = {words(line) for line in mammoth.extract_raw_text(BytesIO(data)).value.split("\n")}
    understood = {
        "案例摘要",
        "案例背景",
        "主要做法",
        "取得成效",
        "一案例摘要",
        "二案例背景",
        "三主要做法",
        "四取得成效",
        "一案例背景",
        "二主要做法",
        "三取得成效",
    }
    missing = {line for line in lines - understood if re.sub("^(?:图[12]|申报单位|案例类别)", "", line) not in kept}
    assert missing == set()
