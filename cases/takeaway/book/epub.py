"""A book as EPUB 3: a page for each chapter and case, contents to tap, pictures with their words."""

import hashlib
import zipfile
from html import escape
from io import BytesIO
from pathlib import Path

from django.template.loader import render_to_string

from cases.takeaway.book.body import case_nodes, colophon_nodes, glossary_nodes, part_nodes
from cases.takeaway.book.model import Book
from cases.takeaway.book.nodes import Node, is_address

TEMPLATES = "takeaway/epub"
IMAGE_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
VOID = {"br", "hr"}
INLINE = {"strong", "em", "del", "a", "code", "br"}


def set_epub(book: Book, *, media: Path, size: str) -> bytes:
    """The EPUB of a book; ``media`` is the folder of its pictures. Its identifier is the address of the list."""
    images = {image["file"]: f"images/{number}{Path(image['file']).suffix}"
              for number, image in enumerate((image for case in book.cases for image in case.images), 1)}  # fmt: skip
    pages, contents = pages_of(book), []
    for number, (name, title, nodes, level) in enumerate(pages):
        (contents if level == 1 else contents[-1]["pages"]).append({"name": name, "title": title, "pages": []})
        pages[number] = (name, title, xhtml(nodes, images))
    contents_of = "\n".join([book.date, book.title, *(f"{case.code} {case.remark}" for case in book.cases)])
    values = {
        "book": book,
        "identifier": f"{book.url}#{hashlib.sha256(contents_of.encode()).hexdigest()[:8]}",
        "pages": pages,
        "contents": contents,
        "images": [(path, IMAGE_TYPES[Path(path).suffix.lower()]) for path in images.values()],
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name in ("META-INF/container.xml", "OEBPS/content.opf", "OEBPS/nav.xhtml", "OEBPS/style.css"):
            archive.writestr(name, render_to_string(f"{TEMPLATES}/{Path(name).name}", values))
        for name, title, body in pages:
            page = render_to_string(
                f"{TEMPLATES}/page.xhtml", {"title": title, "body": body, "name": name, "book": book}
            )
            archive.writestr(f"OEBPS/{name}.xhtml", page)
        for source, path in images.items():
            archive.write(media / source, f"OEBPS/{path}", zipfile.ZIP_STORED)
    return out.getvalue()


def pages_of(book: Book) -> list[tuple[str, str, list[Node], int]]:
    """(name of the file, title, nodes, level in the contents) of each page but the cover."""
    pages, has_parts = [], book.has_parts
    if book.preface:
        pages.append(("preface", "前言", [{"tag": "h1", "children": ["前言"]}, *book.preface], 1))
    for number, part in enumerate(book.parts, 1):
        if has_parts:
            pages.append((f"part-{number}", f"{part.number}　{part.name}".strip(), part_nodes(part), 1))
        level = 2 if has_parts else 1
        pages += [(f"case-{case.code}", case.title, case_nodes(case, level=1), level) for case in part.cases]
    if book.glossary:
        pages.append(("glossary", "词语解释", glossary_nodes(book), 1))
    return [*pages, ("colophon", "关于这一本", colophon_nodes(book), 1)]


def xhtml(nodes: list[Node | str], images: dict[str, str]) -> str:
    """Nodes as XHTML; every text is escaped here and nowhere else. ``images`` are the paths in the archive by file."""
    return "".join(escape(item, quote=False) if isinstance(item, str) else element(item, images) for item in nodes)


def element(item: Node, images: dict[str, str]) -> str:
    tag, inner = item["tag"], xhtml(item["children"], images)
    names = {name: item[name] for name in ("class", "id") if name in item}
    if tag == "img":
        caption = f"<figcaption>{escape(item['caption'])}</figcaption>" if item["caption"] else ""
        return f'<figure><img src="{images[item["file"]]}" alt="{escape(item["alt"])}"/>{caption}</figure>\n'
    if tag == "a":
        return f'<a href="{escape(item["href"])}">{inner}</a>' if is_address(item["href"]) else inner
    if tag in ("pre", "code"):
        inner = escape(item["text"], quote=False)
        inner = f"<code>{inner}</code>" if tag == "pre" else inner
    if tag == "ol" and item["start"] != 1:
        names["start"] = item["start"]
    if tag in ("td", "th") and "align" in item:
        names["class"] = f"align-{item['align']}"
    if tag == "blockquote" and not all(
        isinstance(child, dict) and child["tag"] not in INLINE for child in item["children"]
    ):
        inner = f"<p>{inner}</p>"
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in names.items())
    if tag in VOID:
        return f"<{tag}{written}/>"
    return f"<{tag}{written}>{inner}</{tag}>" + ("" if tag in INLINE else "\n")
