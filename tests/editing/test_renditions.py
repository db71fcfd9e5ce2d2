"""A picture comes out as pixels in the sizes a page needs, or is refused in Chinese."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from cases.editing import renditions
from cases.editing.renditions import ImageError, read_image
from tests.image_files import picture_bytes, with_private_data


def opened(rendition) -> Image.Image:
    return Image.open(BytesIO(rendition.data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_usual_formats_are_taken(kind):
    picture = read_image(picture_bytes(kind))
    assert opened(picture.fallback).format in {"JPEG", "PNG"}
    assert [(opened(webp).format, webp.width) for webp in picture.webp] == [("WEBP", 480), ("WEBP", 640)]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("TIFF", "CMYK"),
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("PNG", "LA"),
        ("TIFF", "F"),
        ("PNG", "1"),
        ("JPEG", "L"),
    ],
)
def test_every_colour_mode_becomes_eight_bit_rgb(kind, mode):
    grey = Image.new("RGB", (100, 50), (128, 128, 128))
    source = {
        "I;16": Image.new("I;16", (100, 50), 128 * 257),
        "P": grey.quantize(8),
        "1": Image.new("1", (100, 50), 1),
    }.get(mode)
    out = BytesIO()
    (source or grey.convert(mode)).save(out, kind)
    pixel = opened(read_image(out.getvalue()).fallback).convert("RGB").getpixel((50, 25))
    assert pixel == pytest.approx((255,) * 3 if mode == "1" else (128,) * 3, abs=3)


def test_transparency_is_kept():
    source = Image.new("RGBA", (300, 200), (255, 0, 0, 0))
    out = BytesIO()
    source.save(out, "PNG")
    picture = read_image(out.getvalue())
    assert (picture.fallback.suffix, opened(picture.fallback).mode) == ("png", "RGBA")
    assert opened(picture.webp[0]).convert("RGBA").getpixel((1, 1))[3] == 0


def test_alpha_that_hides_nothing_is_dropped():
    assert read_image(picture_bytes("PNG", mode="RGBA")).fallback.data[:2] in (b"\xff\xd8", b"\x89P")
    assert opened(read_image(picture_bytes("PNG", mode="RGBA")).fallback).mode in {"RGB", "P"}


def test_picture_is_turned_upright_and_tells_nothing_about_its_maker():
    data = with_private_data()
    assert b"WangXiaoMing" in data
    assert b"SecretComment" in data
    picture = read_image(data)
    assert (picture.fallback.width, picture.fallback.height) == (300, 600)
    for rendition in (picture.fallback, *picture.webp):
        assert dict(opened(rendition).getexif()) == {}
        assert not {"icc_profile", "comment", "xmp", "exif"} & set(opened(rendition).info)
        assert not any(word in rendition.data for word in (b"WangXiaoMing", b"Secret", b"ICC", b"Exif"))


def test_colours_are_converted_to_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(read_image(picture_bytes(icc_profile=profile)).fallback).getpixel((2, 2))[0] == pytest.approx(
        200, abs=4
    )
    assert read_image(picture_bytes(icc_profile=b"not a profile")).fallback.width == 640


def test_sizes_are_never_larger_than_the_picture():
    small = read_image(picture_bytes(size=(200, 100)))
    assert [webp.width for webp in small.webp] == [200]
    large = read_image(picture_bytes(size=(3000, 1500)))
    assert (large.fallback.width, large.fallback.height) == (2000, 1000)
    assert [(webp.width, webp.height) for webp in large.webp] == [(480, 240), (960, 480), (1600, 800)]
    tall = read_image(picture_bytes(size=(500, 4000)))
    assert (tall.fallback.height, [webp.width for webp in tall.webp]) == (2000, [250])


def test_line_as_thin_as_one_pixel_is_taken():
    assert read_image(picture_bytes(size=(9000, 1))).fallback.height == 1


def test_first_frame_of_an_animation_is_taken():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert opened(read_image(out.getvalue()).fallback).convert("RGB").getpixel((5, 5))[0] > 250


def test_same_bytes_give_the_same_files():
    data = picture_bytes("PNG", size=(1200, 700))
    assert read_image(data) == read_image(data)
    assert read_image(data).digest != read_image(picture_bytes("PNG", size=(1200, 700), seed=1)).digest


def test_page_behind_a_picture_does_not_come_along():
    data = picture_bytes() + b"<html><script>alert(1)</script></html>"
    picture = read_image(data)
    assert not any(b"<script" in rendition.data for rendition in (picture.fallback, *picture.webp))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "svg"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic"),
        (b"PK\x03\x04word/document.xml", "document"),
        (b"%PDF-1.7", "document"),
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", "broken"),
        (b"GIF89a<html><script>alert(1)</script>", "unknown"),
        (b"plain words", "unknown"),
        (b"\x00" * 5000, "unknown"),
    ],
)
def test_what_is_no_picture_is_refused(data, code):
    with pytest.raises(ImageError) as refusal:
        read_image(data)
    assert refusal.value.code == code
    assert str(refusal.value).endswith("。")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("part", [0.98, 0.5, 0.2])
def test_cut_off_picture_is_refused(kind, part):
    data = picture_bytes(kind, size=(900, 700))
    with pytest.raises(ImageError):
        read_image(data[: int(len(data) * part)])


@pytest.mark.parametrize("size", [(20_000, 20_000), (9000, 9900), (9000, 5000)])
def test_bomb_is_refused_before_it_is_unpacked(size, monkeypatch):
    with monkeypatch.context() as making:
        making.setattr(Image, "MAX_IMAGE_PIXELS", None)
        out = BytesIO()
        Image.new("1", size).save(out, "PNG")
    monkeypatch.setattr(Image.Image, "tobytes", lambda *args: pytest.fail("it was unpacked"))
    with pytest.raises(ImageError, match="像素太多") as refusal:
        read_image(out.getvalue())
    assert refusal.value.code == "too-many-pixels"


def test_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(renditions, "MAX_BYTES", 2000)
    with pytest.raises(ImageError) as refusal:
        read_image(picture_bytes())
    assert refusal.value.code == "too-large"


def test_one_picture_is_decoded_at_a_time(monkeypatch):
    """Four threads; whoever decodes finds nobody else decoding."""
    decode, at_work, most = renditions._decoded, [], []

    def watched(data: bytes, edge: int):
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.02)  # long enough for the others to come in, were they let
        image = decode(data, edge)
        at_work.pop()
        return image

    monkeypatch.setattr(renditions, "_decoded", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read_image, [picture_bytes()] * 4))
    assert most == [1] * 4
