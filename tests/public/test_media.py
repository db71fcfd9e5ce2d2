"""Pictures are sent as what they are, and nothing else is sent."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import add_image, make_case
from tests.image_files import picture_bytes


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media/cases/2026").mkdir(parents=True)


def put(name: str, data: bytes = b"x") -> Path:
    path = Path(settings.MEDIA_ROOT) / name
    path.write_bytes(data)
    return path


@pytest.mark.django_db
def test_picture_may_be_kept_for_good_and_is_only_a_picture(client):
    image = add_image(make_case(), picture_bytes())
    for name in image.names:
        response = client.get(f"/media/{name}", headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert response["Content-Type"] == ("image/webp" if name.endswith("webp") else "image/jpeg")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert b"".join(response.streaming_content) == (Path(settings.MEDIA_ROOT) / name).read_bytes()
        assert "Cookie" not in response.get("Vary", "")
        again = client.get(f"/media/{name}", headers={"If-Modified-Since": response["Last-Modified"]})
        assert again.status_code == 304


def test_other_names_are_kept_for_an_hour(client):
    put("cases/2026/logo.png")
    response = client.get("/media/cases/2026/logo.png")
    assert (b"".join(response.streaming_content), response["Cache-Control"]) == (b"x", "public, max-age=3600")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "code.js", "file.jpg.html", "notes", ".part", "x.xml"])
def test_other_kinds_of_files_are_not_sent(client, name):
    put(f"cases/2026/{name}", b"<script>alert(1)</script>")
    assert client.get(f"/media/cases/2026/{name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["", "cases", "cases/", "cases/2026/", "cases/2026/../2026", "none.jpg", "../secret.jpg", "cases/%2e%2e/%2e%2e/secret.jpg",
     "//etc/passwd.jpg", "a" * 3000 + ".jpg", "cases/2026.jpg/x.jpg"],
)  # fmt: skip
def test_folders_and_ways_out_are_404(client, name, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    assert client.get(f"/media/{name}").status_code in {404, 301}
    assert client.get(f"/media/{name}", follow=True).status_code == 404


def test_link_that_leads_out_is_404(client, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (Path(settings.MEDIA_ROOT) / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    assert client.get("/media/link.jpg").status_code == 404


def test_only_reading_is_answered(client):
    assert client.post("/media/cases/2026/a.jpg").status_code == 405
