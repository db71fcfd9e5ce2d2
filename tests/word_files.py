"""Word files for tests of what happens after reading: a reader that takes JSON for a Word file, and makers of values."""

import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from PIL import Image

from cases.word.document import FigureCandidate, Notice, WordDocument, WordFileError, WordImage
from cases.word.recognition.images import encode_images

SENTENCE = "到 2020 年 9 月末，普惠贷款余额超 3200 亿元。"


def make_png(width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (20, 90, 120)).save(file, "PNG")
    return file.getvalue()


def make_figure(**fields) -> FigureCandidate:
    usual = {
        "label": "普惠贷款余额",
        "value": "超 3200 亿元",
        "sentence": SENTENCE,
        "section": "results",
        "kind": "amount",
        "number": Decimal(3200),
        "unit": "亿元",
        "as_of": "2020 年 9 月末",
    }
    return FigureCandidate(**{**usual, **fields})


def make_document(**fields) -> WordDocument:
    """What a reader makes of a whole file; ``digest`` follows from the other fields unless given."""
    usual = {
        "filename": "来稿.docx",
        "title": "链捷贷助小微",
        "institution": "某某银行",
        "category": "绿色金融",
        "summary": "摘要。",
        "background": "背景。",
        "approach": "做法。",
        "results": SENTENCE,
        "images": (),
        "figures": (make_figure(),),
        "notices": (Notice("taken", "题名取自第一行。"), Notice("left", "页眉没有放进来。")),
    }
    values = {**usual, **fields}
    values.setdefault("digest", hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest())
    return encode_images(WordDocument(**values))


def file_bytes(**fields) -> bytes:
    """A “Word file” for ``read_json``; ``pictures`` is their number."""
    return json.dumps(fields, ensure_ascii=False).encode()


def read_json(data: bytes | Path, *, filename: str, with_images: bool = True) -> WordDocument:
    """Stands in for ``read_word``: JSON is a Word file, “fail” a reader's own fault, all else no Word file."""
    raw = data.read_bytes() if isinstance(data, Path) else data
    if raw == b"fail":
        raise RuntimeError("the reader has a fault")
    try:
        fields = json.loads(raw)
    except ValueError as error:
        raise WordFileError("not-word", "这不是 Word 文件。") from error
    count = fields.pop("pictures", 0)
    images = tuple(
        WordImage(f"image{n}.png", "approach", f"图 {n}", data=make_png(), number=n + 1) for n in range(count)
    )
    return make_document(filename=filename, digest=hashlib.sha256(raw).hexdigest(), images=images, **fields)


def stored_files() -> list[str]:
    """Every file below the media folder."""
    return sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
