"""An image as it was handed in -> the same image, checked, bare of metadata, in the sizes a page needs."""

import contextlib
import hashlib
import threading
from dataclasses import dataclass
from io import BytesIO
from math import ceil

from PIL import Image, ImageCms, ImageOps

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
# Decoded, 40 million pixels are 160 MB and seconds of processor time: eight at once took 2.7 GB and every reader's turn.
ONE_AT_A_TIME = threading.Lock()
MAX_EDGE, FAST_EDGE = 2000, 1200
WEBP_WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")  # MPO, the JPEG of some phones, comes in as JPEG
ADVICE = "请换成 JPEG、PNG、GIF、WebP、BMP 或 TIFF 图片。"
GRAPHIC_FORMATS = ("PNG", "GIF", "BMP")
FEW_COLOURS = 4096
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


class ImageError(ValueError):
    """An image that cannot be taken: ``code`` for programs (``too-large``, ``broken``, …), the message in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Rendition:
    """One encoded size: ``suffix`` is ``jpg``, ``png`` or ``webp``; width and height in pixels."""

    suffix: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class CheckedImage:
    """``fallback`` for every program (at most ``MAX_EDGE`` on the longer side), ``webp`` by rising width."""

    fallback: Rendition
    webp: tuple[Rendition, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the fallback, in hexadecimal."""
        return hashlib.sha256(self.fallback.data).hexdigest()


def read_image(data: bytes, *, fast: bool = False) -> CheckedImage:
    """Decode ``data`` completely and encode it anew: nothing of the file but its pixels is kept.

    Takes half a second for a photograph, a fifth of one ``fast``: then it is at most ``FAST_EDGE`` long. The same
    bytes give the same renditions. Of an animation the first frame is taken. Raises ``ImageError``.
    """
    if not data:
        raise ImageError("empty", "这个文件是空的，请重新选择图片。")
    if len(data) > MAX_BYTES:
        size = len(data) / 1024 / 1024
        raise ImageError("too-large", f"图片有 {size:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB。请先缩小再上传。")
    # The kinds people do hand in are named, so that they know what to do.
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise ImageError("svg", f"不能上传 SVG 矢量图。{ADVICE}")
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        raise ImageError("heic", "不能识别苹果手机的 HEIC 图片，请在手机或电脑上另存为 JPEG 后再上传。")
    if head.startswith((b"%pdf", b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ImageError("document", f"这是文档，不是图片。{ADVICE}")
    edge = FAST_EDGE if fast else MAX_EDGE
    with ONE_AT_A_TIME:
        decoded = _decoded(data, edge)
        is_graphic = decoded.format in GRAPHIC_FORMATS
        with contextlib.suppress(Exception):  # a broken Exif block turns nothing
            ImageOps.exif_transpose(decoded, in_place=True)  # a copy of 40 million pixels is 160 MB
        image = _in_srgb(decoded)
        image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        image = Image.frombytes(image.mode, image.size, image.tobytes())  # nothing but the pixels
    return _renditions(image, is_graphic=is_graphic, effort=1 if fast else 4)


def _decoded(data: bytes, edge: int) -> Image.Image:
    # Decoders of hostile files raise whatever they stumble over; each of it means the same to the clerk.
    try:
        with _opened(data) as probe:
            probe.verify()
        image = _opened(data)
        scale = min(1, edge / max(image.size))
        # A large JPEG is decoded at a half or a quarter, never below the size it is needed in.
        image.draft(None, (ceil(image.width * scale), ceil(image.height * scale)))
        image.load()
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Image.UnidentifiedImageError as error:
        raise ImageError("unknown", f"认不出这是什么图片，文件可能已损坏。{ADVICE}") from error
    except Exception as error:
        raise ImageError("broken", "图片已损坏或不完整，打不开。请用看图软件另存一份再上传。") from error
    return image


def _opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    return image


def _too_many_pixels() -> ImageError:
    return ImageError(
        "too-many-pixels", f"图片的像素太多，最多 {MAX_PIXELS // 10_000} 万像素（约 7300×5400）。请先缩小再上传。"
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """8-bit RGB, or RGBA where something shines through, in sRGB."""
    profile = image.info.get("icc_profile")
    # 16-bit, 32-bit and floating-point grey is scaled instead of cut off at 255.
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    elif image.mode in ("I", "F"):
        low, high = image.getextrema()
        high = 65_535 if image.mode == "I" and 255 < high <= 65_535 else max(high, 255)
        scale, low = 255 / ((high - min(low, 0)) or 1), min(low, 0)
        image = image.point(lambda value: value * scale - low * scale).convert("L")
    target = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode in ("P", "PA", "La", "LA", "RGBa", "1", "L"):
        profile = profile if image.mode in ("P", "PA") else None  # a grey profile says nothing about RGB
        image = image.convert(target)
    if profile:
        # A profile that does not fit its image: the colours are taken as they stand.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, SRGB, outputMode=target)
    if image.mode != target:
        image = image.convert(target)
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    return image


def _renditions(image: Image.Image, *, is_graphic: bool, effort: int) -> CheckedImage:
    """Encode the fallback: PNG where something shines through, or a drawing gets smaller by it, else JPEG; and WebP
    at the widths of ``WEBP_WIDTHS`` below the image's own, and at its own (or the largest)."""
    if image.mode == "RGBA":
        fallback = _encoded(image, "png", optimize=True)
    else:
        fallback = _encoded(image, "jpg", quality=85, optimize=True, progressive=True)
        if is_graphic and image.getcolors(FEW_COLOURS) is not None:
            png = _encoded(image, "png", optimize=True)
            fallback = min(png, fallback, key=lambda rendition: len(rendition.data))
    webp, largest = [], min(image.width, WEBP_WIDTHS[-1])
    for width in (*(width for width in WEBP_WIDTHS if width < largest), largest):
        size = (width, max(1, round(image.height * width / image.width)))
        resized = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        webp.append(_encoded(resized, "webp", quality=80, method=effort))
    return CheckedImage(fallback, tuple(webp))


def _encoded(image: Image.Image, suffix: str, **options) -> Rendition:
    out = BytesIO()
    image.save(out, {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix], **options)
    return Rendition(suffix=suffix, width=image.width, height=image.height, data=out.getvalue())
