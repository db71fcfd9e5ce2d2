"""Word files written by hand, part by part: for what python-docx cannot make, and for what no one should."""

import zipfile
from io import BytesIO

from PIL import Image

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
ROOT_RELS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE_REL}">'
    f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="word/document.xml"/></Relationships>'
)


def zipped(parts: dict[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of ``parts``, in their order."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def document_xml(body: str) -> str:
    return f"{HEAD}<w:document {NS}><w:body>{body}<w:sectPr/></w:body></w:document>"


def relationships(*items: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """Relationships from (id, kind, target[, mode])."""
    lines = [
        f'<Relationship Id="{item[0]}" Type="{REL}/{item[1]}" Target="{item[2]}"'
        + (f' TargetMode="{item[3]}"' if len(item) > 3 else "")
        + "/>"
        for item in items
    ]
    return f'{HEAD}<Relationships xmlns="{PACKAGE_REL}">{"".join(lines)}</Relationships>'


def parts_of(body: str, *rels: tuple, styles: str = "", numbering: str = "", **more: bytes | str) -> dict:
    """The parts of a whole package around ``body``; ``more`` are parts by name with ``/`` and ``.`` as given."""
    items = list(rels)
    parts: dict[str, bytes | str] = {"[Content_Types].xml": TYPES, "_rels/.rels": ROOT_RELS}
    if styles:
        items.append(("rIdS", "styles", "styles.xml"))
        parts["word/styles.xml"] = f"{HEAD}<w:styles {NS}>{styles}</w:styles>"
    if numbering:
        items.append(("rIdN", "numbering", "numbering.xml"))
        parts["word/numbering.xml"] = f"{HEAD}<w:numbering {NS}>{numbering}</w:numbering>"
    parts["word/document.xml"] = document_xml(body)
    parts["word/_rels/document.xml.rels"] = relationships(*items)
    return parts | more


def raw_docx(body: str, *rels: tuple, styles: str = "", numbering: str = "", **more: bytes | str) -> bytes:
    return zipped(parts_of(body, *rels, styles=styles, numbering=numbering, **more))


def p(*runs: str, style: str = "", props: str = "") -> str:
    """A paragraph; plain text becomes a run, what starts with ``<`` is taken as XML."""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style}{props}</w:pPr>{''.join(map(_as_run, runs))}</w:p>"


def _as_run(text: str) -> str:
    return text if text.startswith("<") else r(text)


def r(text: str, props: str = "") -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r><w:rPr>{props}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def bold(text: str) -> str:
    return r(text, "<w:b/>")


def case(*approach: str, background: str = "背景文字。", results: str = "成效文字。") -> str:
    """A body with the three sections, ``approach`` being XML blocks."""
    return (
        p("一个案例的题名", style="Title")
        + p("一、案例背景")
        + p(background)
        + p("二、主要做法")
        + "".join(approach)
        + p("三、取得成效")
        + p(results)
    )


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Subtitle"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="我的标题"/><w:basedOn w:val="H2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Cap"><w:name w:val="caption"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="character" w:styleId="Hid"><w:name w:val="hidden"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Hint"><w:name w:val="Placeholder Text"/></w:style>'
)


def level(depth: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "●")}{level(1, "bullet", "○")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{level(0, "chineseCounting", "%1、")}'
    f"{level(1, 'chineseCounting', '（%2）')}</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>'
)


def numbered(text: str, number: int, depth: int = 0) -> str:
    return p(text, props=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def tc(*paragraphs: str, props: str = "") -> str:
    blocks = "".join(text if text.startswith("<") else p(text) for text in paragraphs)
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{blocks}</w:tc>"


def tbl(*rows: list[str]) -> str:
    """A table of cells; plain text becomes a cell."""
    cells = ("".join(cell if cell.startswith("<") else tc(cell) for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def picture(relation: str, descr: str = "") -> str:
    """A run showing the picture of ``relation``."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="图片 1" descr="{descr}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def field(instruction: str, result: str) -> str:
    """A complex field in runs."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def image_bytes(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()
