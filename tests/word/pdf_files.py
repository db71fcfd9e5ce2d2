"""PDFs for tests of reading, set by typst as a member's program would print them; and some that harm."""

import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from pypdf import PdfWriter

from tests.image_files import picture_bytes
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, TITLE

FONTS = [str(pylopdf_fonts_zh_cn.serif_path().parent)]
STYLE = '#set text(font: "Noto Serif SC", size: 11pt, lang: "zh", region: "cn")\n#set par(justify: true, first-line-indent: (amount: 2em, all: true))\n#show strong: set text(font: "Noto Sans SC")\n'
BODY = "\n\n".join(
    f'#block(text(font: "Noto Sans SC", size: 13pt)[{name}])\n\n{text}'
    for name, text in (("一、案例背景", BACKGROUND * 6), ("二、主要做法", APPROACH * 8), ("三、取得成效", RESULTS * 3))
)
HEAD = f"#align(center, text(size: 20pt)[{TITLE}])\n\n#align(center)[甲银行深圳分行]\n\n"
ROWS = (("案例名称", TITLE), ("申报单位", "甲银行深圳分行"), ("案例简介", SUMMARY), ("案例背景", BACKGROUND), ("主要做法", APPROACH), ("取得成效", RESULTS))  # fmt: skip


def typeset(source: str, **files: bytes) -> bytes:
    """The PDF of a typst text; ``files`` are images by name, without ending."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, f"{name}.jpg").write_bytes(data)
        Path(folder, "main.typ").write_text(STYLE + source, encoding="utf-8")
        return typst.compile(str(Path(folder, "main.typ")), root=folder, font_paths=FONTS, ignore_system_fonts=True)


def one_column() -> bytes:
    return typeset(HEAD + BODY)


def with_running_heads() -> bytes:
    """Three pages at least, with a head, a foot and page numbers."""
    head = "#set page(height: 14cm, header: [乙银行深圳分行案例材料], footer: align(center, context [第 #counter(page).display() 页]))\n"
    return typeset(head + HEAD + BODY)


def two_columns() -> bytes:
    return typeset(f"#set page(height: 11cm)\n{HEAD}#columns(2)[{BODY}]")


def form() -> bytes:
    cells = ", ".join(f"[{cell}]" for row in ROWS for cell in row)
    return typeset(
        f"#align(center)[普惠金融案例申报表]\n#set par(first-line-indent: 0em)\n#table(columns: (6em, 1fr), {cells})"
    )


def with_pictures() -> bytes:
    def figure(name: str, caption: str) -> str:
        return f'#align(center, image("{name}.jpg", width: 5cm))\n\n#align(center, text(size: 9pt)[{caption}])\n\n'

    source = f"{HEAD}二、主要做法\n\n{APPROACH}见图2。\n\n{figure('a', '图1 柜员下乡')}{APPROACH}\n\n{figure('b', '图2 小店开张')}三、取得成效\n\n{RESULTS}"
    return typeset(source, a=picture_bytes(seed=1), b=picture_bytes(seed=2))


def scanned() -> bytes:
    return typeset('#image("a.jpg")\n#pagebreak()\n#image("a.jpg")', a=picture_bytes())


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=BytesIO(one_column()))
    writer.encrypt("geheim", algorithm="AES-256")
    return _written(writer)


def pages(count: int) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 200)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def raw(content: bytes, *, resources: str = "", filters: str = "", extra: str = "", kids: str = "3 0 R") -> bytes:
    """A PDF of one page by hand: ``content`` is its stream, ``extra`` are more objects, from 5 on."""
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        f"2 0 obj<</Type/Pages/Kids[{kids}]/Count 1>>endobj".encode(),
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<<{resources}>>>>endobj".encode(),
        f"4 0 obj<</Length {len(content)}{filters}>>stream\n".encode() + content + b"\nendstream endobj",
        extra.encode(),
    ]
    return b"%PDF-1.7\n" + b"\n".join(objects) + b"\ntrailer<</Root 1 0 R>>\n%%EOF"


def bomb(times: int) -> bytes:
    """Half a gigabyte of blanks, packed as often as said."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b" " * 2**20) for _ in range(512)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return raw(data, filters=f"/Filter[{'/FlateDecode' * times}]")


FORM = "/XObject<</F 5 0 R>>"
OWN_FORM = "5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 4>>stream\n/F Do\nendstream endobj"
FONT = "/Font<</F 5 0 R>>"
# Name -> (the file, the codes it may give).
HARMFUL: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "the mark alone": (lambda: b"%PDF-1.7", {"pdf-corrupt"}),
    "no pages": (lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>", {"pdf-corrupt"}),
    "a password": (encrypted, {"pdf-encrypted"}),
    "pictures of text": (scanned, {"pdf-scanned"}),
    "ten thousand pages": (lambda: pages(10_000), {"too-complex"}),
    "half a gigabyte of blanks": (lambda: bomb(1), {"too-complex", "too-slow"}),
    "the same packed twice": (lambda: bomb(2), {"too-complex", "too-slow"}),
    "a form that draws itself": (
        lambda: raw(b"/F Do", resources=FORM, extra=OWN_FORM),
        {"too-complex", "too-slow", "pdf-scanned", "pdf-corrupt"},
    ),
    "pages that hold themselves": (lambda: raw(b"", kids="2 0 R"), {"pdf-corrupt", "pdf-scanned"}),
    "a million characters": (
        lambda: raw(
            b"BT /F 9 Tf " + b"(" + b"a" * 1_000_000 + b") Tj ET",
            resources=FONT,
            extra="5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
        ),
        {"too-complex", "too-slow"},
    ),
    "brackets without end": (lambda: raw(b"[" * 100_000), {"too-complex", "too-slow", "pdf-corrupt", "pdf-scanned"}),
    "states without end": (lambda: raw(b"q " * 50_000), {"too-complex", "too-slow", "pdf-scanned"}),
    "half a file": (lambda: one_column()[: len(one_column()) // 2], {"pdf-corrupt", "pdf-scanned"}),
}
