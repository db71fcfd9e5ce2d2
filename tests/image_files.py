"""Pictures for tests, as bytes."""

from io import BytesIO

from PIL import Image, ImageCms, ImageDraw


def picture_bytes(
    kind: str = "JPEG", size: tuple[int, int] = (640, 400), mode: str = "RGB", seed: int = 0, **options
) -> bytes:
    """A picture with something on it; ``seed`` makes it another one."""
    image = Image.new("RGB", size, (200, 30 + seed * 37 % 200, 90))
    draw = ImageDraw.Draw(image)
    for step in range(1, 6):
        x, y = size[0] * step // 6, size[1] * step // 6
        draw.ellipse((x // 2, y // 3, x, y), fill=(40 * step, 255 - 40 * step, (seed * 53 + step * 20) % 256))
    out = BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def with_private_data() -> bytes:
    """A JPEG taken sideways, with a place, a name, a comment and a colour profile in it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    exif[0x013B] = "WangXiaoMing"
    exif.get_ifd(0x8825)[2] = (22.0, 32.0, 35.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture_bytes(
        size=(600, 300),
        exif=exif,
        comment=b"SecretComment",
        icc_profile=profile,
        xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>",
    )
