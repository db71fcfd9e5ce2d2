"""A clerk adds pictures: by the table of the form, or by dropping them onto it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.editing import renditions
from cases.editing.images import add_case_image
from cases.models import Case, CaseImage
from tests.factories import empty_rows, make_case
from tests.image_files import picture_bytes, with_private_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def case():
    return make_case(figures=0, status="draft")


def upload(data: bytes | None = None, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes() if data is None else data)


def form_of(case, **fields) -> dict:
    """What the browser sends for the page of ``case``."""
    rows = list(case.images.all())
    data = {
        name: getattr(case, name)
        for name in ("title", "subtitle", "order", "summary", "background", "approach", "results", "period", "regions",
                     "source_pages", "status")
    }  # fmt: skip
    data |= {
        "collection": case.collection_id,
        "category": case.category_id,
        "institution": case.institution_id,
        "terms": [],
    }
    data |= {
        "published_at_0": "2020-01-01",
        "published_at_1": "00:00:00",
    }
    data |= empty_rows() | {"images-TOTAL_FORMS": len(rows), "images-INITIAL_FORMS": len(rows)}
    for number, image in enumerate(rows):
        row = {"id": image.pk, "case": case.pk, "order": image.order, "caption": image.caption, "alt": image.alt}
        data |= {f"images-{number}-{name}": value for name, value in row.items()}
    return data | fields


def change(client, case, **fields):
    return client.post(reverse("admin:cases_case_change", args=[case.pk]), form_of(case, **fields))


def new_row(**fields) -> dict:
    row = {
        "images-TOTAL_FORMS": 1,
        "images-0-id": "",
        "images-0-order": "",
        "images-0-caption": "",
        "images-0-alt": "图",
    }
    return row | {"images-0-file": upload()} | fields


def files() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_row_of_the_table_adds_a_picture_through_the_check(staff_client, case):
    response = change(staff_client, case, **new_row(**{"images-0-file": upload(with_private_data())}))
    assert response.status_code == 302
    image = case.images.get()
    assert (image.order, image.alt, image.width, image.height) == (1, "图", 300, 600)
    assert files() == set(image.names)
    assert not any(b"WangXiaoMing" in (Path(settings.MEDIA_ROOT) / name).read_bytes() for name in image.names)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg/>", "不能上传 SVG"),
        (b"\xff\xd8\xff\xe0<html>", "图片已损坏"),
        (b"", "空的"),
        (picture_bytes()[:3000], "图片已损坏"),
    ],
)
def test_refused_picture_is_explained_and_nothing_typed_is_lost(staff_client, case, data, message):
    row = new_row(**{"images-0-file": upload(data), "images-0-alt": "一张特别的图", "images-0-caption": "特别的图注"})
    response = change(staff_client, case, **row, title="改过的题名")
    body = response.content.decode()
    assert response.status_code == 200
    assert all(text in body for text in (message, "一张特别的图", "特别的图注", "改过的题名"))
    assert (CaseImage.objects.count(), files()) == (0, set())


def test_other_mistake_on_the_page_leaves_no_file(staff_client, case):
    assert change(staff_client, case, **new_row(), title="").status_code == 200
    assert (CaseImage.objects.count(), files()) == (0, set())


def test_alternative_text_is_required(staff_client, case):
    response = change(staff_client, case, **new_row(**{"images-0-alt": " "}))
    assert response.status_code == 200
    assert CaseImage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_rows_can_be_changed_replaced_and_deleted(staff_client, case):
    one, two, three = (
        add_case_image(case=case, data=picture_bytes(seed=n), caption="", alt=f"图{n}", user=None) for n in range(3)
    )
    response = change(
        staff_client,
        case,
        **{
            "images-0-caption": "新图注",
            "images-1-file": upload(picture_bytes(size=(90, 80))),
            "images-2-DELETE": "on",
        },
    )
    assert response.status_code == 302
    left = list(case.images.order_by("order"))
    assert [(image.pk, image.caption, image.width) for image in left] == [(one.pk, "新图注", 640), (two.pk, "", 90)]
    assert left[0].names == one.names
    assert not {*left[0].names, *left[1].names} & {*two.names, *three.names}
    assert files() == {name for image in (*left, two, three) for name in image.names}  # versions name the old ones


def test_two_pictures_with_one_order_are_refused(staff_client, case):
    add_case_image(case=case, data=picture_bytes(), caption="", alt="图", user=None)
    row = {
        "images-TOTAL_FORMS": 2,
        "images-1-order": 1,
        "images-1-alt": "另一张",
        "images-1-caption": "",
        "images-1-file": upload(),
    }
    assert change(staff_client, case, **row).status_code == 200
    assert case.images.count() == 1


def drop(client, case, **fields):
    return client.post(
        reverse("admin:cases_case_images", args=[case.pk]), {"alt": "图上是什么", "file": upload(), **fields}
    )


def test_dropped_picture_is_saved_at_once(staff_client, case):
    response = drop(staff_client, case, caption="图注")
    image = case.images.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": image.pk, "order": 1, "place": "〔图 1〕", "alt": "图上是什么", "caption": "图注", "url": image.file.url,
        "thumbnail": f"/media/{image.renditions[0]['name']}", "width": 640, "height": 400,
        "version_before": 0, "version": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"alt": ""}, 400, "替代文字"),
        ({"file": ""}, 400, "没有收到图片"),
        ({"file": upload(b"<svg/>")}, 400, "SVG"),
        ({"caption": "长" * 161}, 400, "160"),
    ],
)
def test_refused_drop_is_explained(staff_client, case, fields, status, message):
    response = drop(staff_client, case, **fields)
    assert (response.status_code, message in response.json()["error"]) == (status, True)
    assert (CaseImage.objects.count(), files()) == (0, set())


def test_huge_upload_is_413_before_it_is_read(staff_client, case, monkeypatch):
    monkeypatch.setattr("django.http.request.HttpRequest.parse_file_upload", lambda *args: pytest.fail("it was read"))
    response = staff_client.post(
        reverse("admin:cases_case_images", args=[case.pk]),
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(renditions.MAX_BYTES * 2),
    )
    assert (response.status_code, "15 MB" in response.json()["error"]) == (413, True)


def test_too_many_pixels_are_413(staff_client, case, monkeypatch):
    monkeypatch.setattr(renditions, "MAX_PIXELS", 10_000)
    assert drop(staff_client, case).status_code == 413


def test_address_needs_the_permission_the_case_and_the_token(client, staff_client, case):
    url = reverse("admin:cases_case_images", args=[case.pk])
    assert staff_client.get(url).status_code == 405
    assert staff_client.post(reverse("admin:cases_case_images", args=[case.pk + 1])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get())
    assert strict.post(url, {"alt": "图", "file": upload()}).status_code == 403
    clerk = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_case"))
    client.force_login(clerk)
    assert drop(client, case).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename="change_case"))
    assert drop(client, case).status_code == 201
    client.logout()
    assert drop(client, case).status_code == 302


def test_case_page_shows_the_picture_in_every_size_without_shifting(client):
    case = make_case(status="draft")
    image = add_case_image(case=case, data=picture_bytes(), caption="图注<b>", alt='图"上', user=None)
    Case.objects.update(status="published")
    body = client.get(case.get_absolute_url()).content.decode()
    assert f'srcset="{image.srcset}"' in body
    assert f'<img src="{image.file.url}" alt="图&quot;上" width="640" height="400" loading="lazy"' in body
    assert "<figcaption>图注&lt;b&gt;</figcaption>" in body


def test_own_upload_does_not_make_the_open_page_stale(staff_client, case):
    """The script puts the new version into the form; someone else's version it leaves to the form's own check."""
    answer = drop(staff_client, case).json()
    form = form_of(case, base_version=answer["version"], title="改过的题名")
    rows = {name: value for name, value in form.items() if not name.startswith("images-")}
    response = staff_client.post(
        reverse("admin:cases_case_change", args=[case.pk]), rows | {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}
    )
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.title, case.images.count()) == ("改过的题名", 1)
    assert drop(staff_client, case).json()["version_before"] > answer["version"]
