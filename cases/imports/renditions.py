"""A picture as it was handed in -> the same picture, checked, bare of metadata, in the sizes a page needs."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from math import ceil

from PIL import Image, ImageCms, ImageOps

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_EDGE, BRISK_EDGE = 2000, 1200
WEBP_WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")  # MPO, the JPEG of some phones, comes in as JPEG
ADVICE = "请换成 JPEG、PNG、GIF、WebP、BMP 或 TIFF 图片。"
DRAWN = ("PNG", "GIF", "BMP")
FEW_COLOURS = 4096
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


class PictureError(ValueError):
    """A picture that cannot be taken: ``code`` for programs (``too-large``, ``broken``, …), the message in Chinese."""

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
class CheckedPicture:
    """``fallback`` for every program (at most ``MAX_EDGE`` on the longer side), ``webp`` by rising width."""

    fallback: Rendition
    webp: tuple[Rendition, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the fallback, in hexadecimal."""
        return hashlib.sha256(self.fallback.data).hexdigest()


def read_picture(data: bytes, *, brisk: bool = False) -> CheckedPicture:
    """Decode ``data`` completely and encode it anew: nothing of the file but its pixels is kept.

    Takes half a second for a photograph, a fifth of one ``brisk``: then it is at most ``BRISK_EDGE`` long. The same
    bytes give the same renditions. Of an animation the first frame is taken. Raises ``PictureError``.
    """
    _refuse_by_size(data)
    _refuse_by_look(data)
    edge = BRISK_EDGE if brisk else MAX_EDGE
    decoded = _decoded(data, edge)
    drawn = decoded.format in DRAWN
    image = _in_colours(_upright(decoded))
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    image = Image.frombytes(image.mode, image.size, image.tobytes())  # nothing beside the pixels
    return CheckedPicture(fallback=_fallback(image, drawn=drawn), webp=tuple(_webp(image, 1 if brisk else 4)))


def _refuse_by_size(data: bytes) -> None:
    if not data:
        raise PictureError("empty", "这个文件是空的，请重新选择图片。")
    if len(data) > MAX_BYTES:
        size = len(data) / 1024 / 1024
        raise PictureError("too-large", f"图片有 {size:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB。请先缩小再上传。")


def _refuse_by_look(data: bytes) -> None:
    """Name the kinds people do hand in, so that they know what to do."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise PictureError("svg", f"不能上传 SVG 矢量图。{ADVICE}")
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        raise PictureError("heic", "不能识别苹果手机的 HEIC 图片，请在手机或电脑上另存为 JPEG 后再上传。")
    if head.startswith((b"%pdf", b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise PictureError("document", f"这是文档，不是图片。{ADVICE}")


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
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Image.UnidentifiedImageError as error:
        raise PictureError("unknown", f"认不出这是什么图片，文件可能已损坏。{ADVICE}") from error
    except Exception as error:
        raise PictureError("broken", "图片已损坏或不完整，打不开。请用看图软件另存一份再上传。") from error
    return image


def _opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    return image


def _too_many_pixels() -> PictureError:
    return PictureError(
        "too-many-pixels", f"图片的像素太多，最多 {MAX_PIXELS // 10_000} 万像素（约 7300×5400）。请先缩小再上传。"
    )


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held; a broken Exif block turns nothing."""
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)  # a copy of 40 million pixels is 160 MB
    return image


def _in_colours(image: Image.Image) -> Image.Image:
    """8-bit RGB, or RGBA where something shines through, in sRGB."""
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    target = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode in ("P", "PA", "La", "LA", "RGBa", "1", "L"):
        profile = profile if image.mode in ("P", "PA") else None  # a grey profile says nothing about RGB
        image = image.convert(target)
    image = _in_srgb(image, profile, target)
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and floating-point grey, scaled instead of cut off at 255."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("I", "F"):
        low, high = image.getextrema()
        high = 65_535 if image.mode == "I" and 255 < high <= 65_535 else max(high, 255)
        scale, low = 255 / ((high - min(low, 0)) or 1), min(low, 0)
        return image.point(lambda value: value * scale - low * scale).convert("L")
    return image


def _in_srgb(image: Image.Image, profile: bytes | None, target: str) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, source, SRGB, outputMode=target)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that does not fit its picture: take the colours as they stand
    return image if image.mode == target else image.convert(target)


def _fallback(image: Image.Image, *, drawn: bool) -> Rendition:
    """PNG where something shines through, or a drawing gets smaller by it; JPEG otherwise."""
    if image.mode == "RGBA":
        return _encoded(image, "png", optimize=True)
    jpeg = _encoded(image, "jpg", quality=85, optimize=True, progressive=True)
    if drawn and image.getcolors(FEW_COLOURS) is not None:
        png = _encoded(image, "png", optimize=True)
        return min(png, jpeg, key=lambda rendition: len(rendition.data))
    return jpeg


def _webp(image: Image.Image, effort: int) -> Iterator[Rendition]:
    """At the widths of ``WEBP_WIDTHS`` below the picture's own, and at its own (or the largest)."""
    largest = min(image.width, WEBP_WIDTHS[-1])
    for width in (*(width for width in WEBP_WIDTHS if width < largest), largest):
        size = (width, max(1, round(image.height * width / image.width)))
        resized = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        yield _encoded(resized, "webp", quality=80, method=effort)


def _encoded(image: Image.Image, suffix: str, **options) -> Rendition:
    out = BytesIO()
    image.save(out, {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix], **options)
    return Rendition(suffix=suffix, width=image.width, height=image.height, data=out.getvalue())
