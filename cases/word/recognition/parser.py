"""From the bytes of a .docx to a case, with a notice for each thing taken, doubtful or left: what the guarded reader runs."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from cases.word.document import FigureCandidate, Notice, WordDocument, WordImage, refuse
from cases.word.docx.blocks import Block, Body, Paragraph
from cases.word.docx.body import read_body
from cases.word.docx.package import Package
from cases.word.docx.sniff import find_kind
from cases.word.recognition.broken_lines import join_lines
from cases.word.recognition.content import Content, take_content
from cases.word.recognition.figures import find_figures
from cases.word.recognition.front_matter import (
    FIELDS,
    FrontMatter,
    drop_letter,
    drop_mail,
    guess_from_name,
    read_front,
    take_labels,
    take_signature,
)
from cases.word.recognition.images import captions_below, read_images, write_places
from cases.word.recognition.layout_tables import drop_hints, flatten
from cases.word.recognition.markdown import plain
from cases.word.recognition.markers import marker_of
from cases.word.recognition.sections import SECTION_NAMES, SECTION_WORDS, SectionClassifier
from cases.word.recognition.splitting import Piece, split_cases

if TYPE_CHECKING:
    from cases.word.pdf.pages import Images

NO_TEXT = "这个文件里没有读到文字，可能整篇是图片或扫描件。请上传能选中文字的 Word 文件。"

UNFILLED = "这个文件里只有小标题和填写说明，没有正文。请填好再上传。"
FIELD_WORDS = {
    "title": "题名",
    "subtitle": "一句话",
    "institution": "机构",
    "category": "类别",
    "period": "时间",
    "regions": "地区",
    **SECTION_WORDS,
}
LEFT = {
    "comments": "批注 {n} 条没有放进草稿。",
    "hidden": "设为隐藏的文字 {n} 处没有放进草稿。",
    "equations": "公式 {n} 处读不了，正文里标了“〔公式〕”，请自己补上。",
    "chart": "图表 {n} 个读不了，没有放进草稿。需要的话，请截成图片再传。",
    "smartart": "SmartArt 图示 {n} 个读不了，没有放进草稿。需要的话，请截成图片再传。",
    "objects": "嵌入的文件或对象 {n} 个没有放进草稿。",
    "chunks": "嵌入的其他文档 {n} 个没有放进草稿，请核对正文是否完整。",
    "far-images": "图片 {n} 张不在文件里（是网上的链接），没有去取。需要的话，请存成图片再传。",
    "templates": "文件挂了一个外部模板，没有去取。",
    "pdf-images": "PDF 里的图片 {n} 张取不出来，没有放进草稿。需要的话，请截成图片再传。",
    "symbols": "特殊符号 {n} 个认不出来，没有放进草稿。",
}
UNSURE = {
    "changes": "文件里有修订 {n} 处，按全部接受处理：新增的留下，删去的不要。请核对。",
    "pdf-rows": "PDF 里并排的文字（表格等）{n} 处，按行取成了文字，请对照原件核对。",
    "links": "文件里有网页链接 {n} 处，已保留，请看是否该公开。",
    "bad-links": "文件里有打不开或不安全的链接 {n} 处，只保留了文字。",
}
TAKEN = {"toc": "目录不是正文，已略去。", "headers": "页眉和页脚不是正文，已略去。"}
IMAGES_LEFT = {
    "vector": "矢量图（EMF、WMF、SVG）{n} 张读不了，没有放进草稿。需要的话，请截成 PNG 图片再传。",
    "broken": "图片 {n} 张是坏的，没有放进草稿。",
    "large": "图片 {n} 张太大，没有放进草稿。请缩小后再传。",
    "many": "图片太多，有 {n} 张没有放进草稿。请挑要用的再传。",
}


def read_case(file: BinaryIO, filename: str) -> WordDocument:
    """Read without a guard on time and memory; raise ``WordFileError`` for whatever cannot be taken.

    The images come as found, not yet decoded: ``encode_images``. Further cases of the file are its ``others``."""
    kind = find_kind(file, filename)
    try:
        if kind == "pdf":
            from cases.word.pdf.body import read_body as read_pdf  # noqa: PLC0415 -- memory and time no .docx needs

            body, package = read_pdf(file)
            blocks = flatten(body.blocks)
        else:
            package = Package(file)
            body = read_body(package)
            blocks = join_lines(flatten(body.blocks))
        blocks = drop_hints(captions_below(blocks))
        if not any(not isinstance(block, Paragraph) or block.text for block in blocks):
            raise refuse("no-text", NO_TEXT)
        pieces = split_cases(blocks)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        found = [read_piece(piece, body, package, filename, digest, at) for at, piece in enumerate(pieces)]
    except (RecursionError, MemoryError) as error:
        raise refuse("too-complex") from error
    documents = [document for document in found if document is not None]
    if not documents:
        raise refuse("no-text", UNFILLED)
    return replace(documents[0], others=tuple(documents[1:]))


def read_piece(
    piece: Piece, body: Body, package: "Package | Images", filename: str, digest: str, place: int
) -> WordDocument | None:
    """Read one case of the file, the ``place``-th; None where it is only headings and hints."""
    front = FrontMatter(mentions=list(body.margins), category=piece.chapter)
    front.left += [f"“{line}”在第一篇前面，没有放进草稿。" for line in piece.left]
    blocks = drop_letter(drop_mail(piece.blocks, front), front)
    blocks = take_labels(blocks, front, _front_end(blocks))
    blocks = read_front(blocks, front, _front_end(blocks))
    content = Content()
    classifier = SectionClassifier(take_content(take_signature(blocks, front), content), body.notes)
    classifier.classify()
    sections = {name: classifier.writers[name].result() for name in SECTION_NAMES}
    sections["summary"] = "\n".join(classifier.lines["summary"])  # pages print it as it is: no Markdown
    rows = {"highlights": content.highlights, "advice": content.advice, "products": content.products}
    if not any((front.title, classifier.captions.placed, *sections.values(), *rows.values())):
        return None
    guess_from_name(filename, front)
    lines = classifier.lines | {"approach": [*classifier.lines["approach"], *content.highlights]}
    if kept := classifier.captions.number_mentioned("\n".join(line for part in lines.values() for line in part)):
        numbers = "、".join(f"图 {number}" for number in kept)
        front.unsure.append(f"正文里提到的{numbers}，编号留在了图注里，请核对。")
    images, places, left_images, captions = read_images(package, classifier.captions.placed)
    sections = {name: write_places(text, places) for name, text in sections.items()}
    front.left.extend(f"没有放进草稿的图片，图注是“{caption}”。" for caption in captions)
    figures = find_figures(lines)
    return WordDocument(
        filename=filename,
        digest=hashlib.sha256(f"{digest} {place}".encode()).hexdigest() if place else digest,
        **{name: getattr(front, name) for name in FIELDS},
        **sections,
        images=images,
        **{name: tuple(found) for name, found in rows.items()},
        figures=figures,
        mentions=(*front.mentions, filename[-200:]),
        notices=notices_for(front, classifier, content, body.skipped, images, left_images, figures),
    )


def _front_end(blocks: list[Block]) -> int:
    """Find where the text begins: at the first name of a section, else at the first long paragraph, within 30 blocks."""
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph) and block.role != "title" and marker_of(block):
            return index
    for index, block in enumerate(blocks[:30]):
        if not isinstance(block, Paragraph) or (len(plain(block)) > 70 and block.role != "title"):
            return index
    return min(len(blocks), 30)


def notices_for(
    front: FrontMatter,
    classifier: SectionClassifier,
    content: Content,
    skipped: Counter,
    images: tuple[WordImage, ...],
    left_images: Counter,
    figures: tuple[FigureCandidate, ...],
) -> tuple[Notice, ...]:
    """Gather all notices: taken first, then unsure, then left; none twice."""
    filled = [name for name in SECTION_NAMES if not classifier.writers[name].is_empty]
    names = [name for name in FIELD_WORDS if getattr(front, name, "") or name in filled]
    taken = [f"已填好：{'、'.join(FIELD_WORDS[name] for name in names)}。"]
    if images:
        captioned = sum(bool(image.caption) for image in images)
        taken.append(f"取到图片 {len(images)} 张，其中 {captioned} 张有图注，放在原来的位置（正文里的〔图 1〕等行）。")
    if figures:
        taken.append(f"从正文里找到数据 {len(figures)} 条，供挑选。")
    counts = {"要点": content.highlights, "可以照着做的": content.advice, "产品": content.products}
    if any(counts.values()):
        counted = "、".join(f"{name} {len(rows)} 条" for name, rows in counts.items() if rows)
        taken.append(f"单独成行的：{counted}。")
    taken += [*classifier.understood, *(text for name, text in TAKEN.items() if skipped[name])]
    unsure = [
        *front.unsure,
        *_doubts(classifier, filled),
        *_counted(UNSURE, skipped),
        *classifier.unsure,
        *content.unsure,
    ]
    left = [*front.left, *_counted(LEFT, skipped), *_counted(IMAGES_LEFT, left_images)]
    lines = [(level, text) for level, texts in (("taken", taken), ("unsure", unsure), ("left", left)) for text in texts]
    return tuple(Notice(level, text) for level, text in dict.fromkeys(lines))


def _counted(texts: dict[str, str], counts: Counter) -> list[str]:
    return [text.format(n=counts[name]) for name, text in texts.items() if counts[name]]


def _doubts(classifier: SectionClassifier, filled: list[str]) -> Iterator[str]:
    """Yield what is doubtful about the sections."""
    if not classifier.has_markers:
        where = "按意思分成了几部分，请核对" if len(filled) > 1 else "正文都放在“做法”里，请自己分开"
        yield f"没有找到“背景”“做法”“成效”这样的小标题，{where}。"
    elif classifier.lead:
        yield f"第一个小标题前面还有一段文字，放到了“{SECTION_WORDS[classifier.default]}”的开头，请核对。"
    if classifier.has_markers:
        for name in SECTION_NAMES:
            if name not in filled:
                yield f"没有找到“{SECTION_WORDS[name]}”这一段。"
    repeated = [words for words, count in Counter(classifier.opened).items() if count > 1]
    if len(repeated) > 1:
        yield f"“{repeated[0].partition(':')[2]}”出现了不止一次，文件里可能有几篇案例，请核对。"
    merged = sum(writer.merged_tables for writer in classifier.writers.values())
    if merged:
        yield f"有 {merged} 个表格带合并单元格，已拆开：跨行的重复写，跨列的写在第一格。请核对。"
