"""A clerk brings in the members' Word files, thirty-nine of them, on a bad day."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.editing.edit import delete_cases
from cases.editing.workflow import submit_case
from cases.models import Case, CaseImage, KeyFigure, WordImport, WordPicture, WordUpload
from cases.word import actions as word_files
from cases.word.admin import upload as page
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.word_files import file_bytes, read_json, stored_files

pytestmark = pytest.mark.django_db
URL = "/admin/cases/case/import/"


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    monkeypatch.setattr(word_files, "read_word", read_json)


@pytest.fixture
def chapter():
    make_institution(name="某某银行")
    return make_chapter(make_collection(year=2099), make_category(name="绿色金融"))


@pytest.fixture
def clerk():
    return make_user("编辑", first_name="三", last_name="张")


@pytest.fixture
def desk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def upload(desk, chapter):
    """Sends files, (name, bytes) each or just bytes, and follows to the report."""

    def upload(*files, **fields):
        named = [file if isinstance(file, tuple) else ("来稿.docx", file) for file in files]
        sent = [SimpleUploadedFile("x", data) for _, data in named]
        for file, (name, _) in zip(sent, named, strict=True):
            file._name = name  # SimpleUploadedFile would clean it, a hostile browser does not
        data = {"collection": chapter.collection.pk, "category": "", "institution": "", "files": sent, **fields}
        return desk.post(URL, data, follow=True)

    return upload


@pytest.fixture(autouse=True)
def _own_temporary_folder(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


def temporary_files() -> set[Path]:
    return set(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"))


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, CaseImage, WordImport, WordPicture))


def body_of(response) -> str:
    return response.content.decode()


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def addresses(chapter, upload):
    upload(file_bytes())
    found = WordImport.objects.get()
    return [
        URL,
        f"{URL}template.docx",
        reverse("admin:cases_wordimport_changelist"),
        reverse("admin:cases_wordimport_change", args=[found.pk]),
        reverse("admin:cases_wordimport_upload", args=[found.upload_id]),
    ]


def test_editors_open_every_page_others_none(addresses, clerk):
    reader, stranger = Client(), Client()
    stranger.force_login(make_user())
    desk = Client()
    desk.force_login(clerk)
    for address in addresses:
        assert desk.get(address).status_code == 200, address
        assert reader.get(address).url.startswith("/admin/login/"), address
        assert stranger.get(address).status_code == 403, address
        assert stranger.post(address).status_code in (403, 405), address


def test_upload_without_the_token_of_the_form_is_refused(chapter, clerk):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    before = temporary_files()
    data = {"collection": chapter.collection.pk, "files": [SimpleUploadedFile("a.docx", file_bytes())]}
    assert strict.post(URL, data).status_code == 403
    assert (WordImport.objects.count(), temporary_files()) == (0, before)
    strict.get(URL)
    data["csrfmiddlewaretoken"] = strict.cookies["csrftoken"].value
    data["files"] = [SimpleUploadedFile("a.docx", file_bytes())]
    assert strict.post(URL, data).status_code == 302
    assert WordImport.objects.count() == 1


def test_desk_and_list_of_cases_lead_to_the_import(desk):
    for address in (reverse("admin:index"), reverse("admin:cases_case_changelist")):
        assert f'href="{URL}"' in body_of(desk.get(address))


def test_the_book_begun_last_is_offered_first_and_no_other_province_s(desk, chapter):
    begun = make_collection(year=2019, publisher=chapter.collection.publisher)
    make_collection(year=2024, publisher="趣头条", kind="press")
    make_collection(year=2024, publisher="浙江省银行业协会")
    assert desk.get(URL).context["form"]["collection"].initial == begun


# --- files in, report out --------------------------------------------------------------------------------------------


def test_each_file_has_its_block_and_one_failure_does_not_touch_the_others(upload):
    response = upload(
        ("甲.docx", file_bytes(title="甲题", pictures=1)),
        ("乙.pdf", b"%PDF"),
        ("丙.docx", b"fail"),
        ("丁.docx", file_bytes(title="丁题", institution="不认识")),
        ("戊.docx", file_bytes(title="戊题")),
    )
    body = body_of(response)
    assert response.redirect_chain[0][0] == reverse("admin:cases_wordimport_upload", args=[WordUpload.objects.get().pk])
    assert [line["outcome"] for line in WordUpload.objects.get().lines] == [
        "created",
        "refused",
        "refused",
        "pending",
        "created",
    ]
    assert "新建 2 份，待补全 1 份，无法导入 2 份" in body
    for case in Case.objects.all():
        assert reverse("admin:cases_case_change", args=[case.pk]) in body
    assert "这不是 Word 文件。" in body
    assert "页眉没有放进来。" in body


def test_same_file_again_leads_to_the_first_draft(upload, clerk):
    upload(file_bytes())
    before = counts()
    body = body_of(upload(("改了名.docx", file_bytes())))
    assert "导入的人：张三" in body
    assert reverse("admin:cases_case_change", args=[Case.objects.get().pk]) in body
    assert counts() == before


def test_same_file_twice_in_one_upload_is_one_draft(upload):
    upload(file_bytes(), file_bytes())
    assert [line["outcome"] for line in WordUpload.objects.get().lines] == ["created", "known"]


def test_nothing_chosen_is_said(upload):
    response = upload()
    assert response.status_code == 400
    assert "还没有选文件。" in body_of(response)


def test_unknown_collection_is_said(upload):
    response = upload(file_bytes(), collection="999999")
    assert response.status_code == 400
    assert "没有这本案例集" in body_of(response)


def test_report_says_what_became_of_a_waiting_file_since(upload, desk, chapter):
    upload(file_bytes(institution=""))
    found = WordImport.objects.get()
    address = reverse("admin:cases_wordimport_upload", args=[found.upload_id])
    assert "补全，建草稿" in body_of(desk.get(address))
    found.delete()
    assert "后来被删除" in body_of(desk.get(address))


@pytest.mark.parametrize("file_count", [1, 4])
def test_report_of_an_upload_queries_do_not_grow(upload, desk, django_assert_num_queries, file_count):
    upload(*(file_bytes(title=f"题 {n}", pictures=n) for n in range(file_count)))
    address = reverse("admin:cases_wordimport_upload", args=[WordUpload.objects.get().pk])
    with django_assert_num_queries(6):
        assert desk.get(address).status_code == 200


@pytest.mark.parametrize("item_count", [1, 4])
def test_list_of_imports_queries_do_not_grow(upload, desk, django_assert_num_queries, item_count):
    upload(*(file_bytes(title=f"题 {n}") for n in range(item_count)))
    with django_assert_num_queries(8):
        assert desk.get(reverse("admin:cases_wordimport_changelist")).status_code == 200


# --- hostile ---------------------------------------------------------------------------------------------------------

HOSTILE_NAMES = [
    "../../x.docx",
    "..\\..\\x.docx",
    "<img src=x onerror=alert(1)>.docx",
    "长" * 300 + ".docx",
    "\x00.docx",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_name_is_a_harmless_label(upload, name):
    before = temporary_files()
    response = upload((name, file_bytes(title="")))
    assert response.status_code == 200
    assert "<img src=x" not in body_of(response)
    found = WordImport.objects.get()
    assert not set("/\\\x00") & set(found.filename)
    assert len(found.filename) <= 200
    assert temporary_files() == before


@pytest.mark.parametrize("data", [b"", b"\x00", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"fail", b"{}"[:1] * 10_000])
def test_hostile_bytes_leave_nothing(upload, data):
    before, files, temporary = counts(), stored_files(), temporary_files()
    assert upload(("坏.docx", data)).status_code in (200, 400)
    assert (counts(), stored_files(), temporary_files()) == (before, files, temporary)


def test_html_in_a_file_is_text_in_the_report(upload, desk):
    evil = "<script>alert(1)</script>"
    upload(file_bytes(title=evil, institution=evil, category=evil, summary=evil))
    found = WordImport.objects.get()
    for address in (
        reverse("admin:cases_wordimport_upload", args=[found.upload_id]),
        reverse("admin:cases_wordimport_change", args=[found.pk]),
    ):
        assert evil not in body_of(desk.get(address))


def test_a_hundred_files_are_taken_one_more_is_refused_before_any(upload, chapter):
    assert upload(*(b"x%d" % n for n in range(100))).status_code == 200
    assert len(WordUpload.objects.get().lines) == 100
    response = upload(*(file_bytes(title=str(n)) for n in range(101)))
    assert response.status_code == 413
    assert "一次最多 100 个文件" in body_of(response)
    assert (WordImport.objects.count(), WordUpload.objects.count()) == (0, 1)


def test_upload_that_is_too_big_is_refused_unread(upload, monkeypatch):
    monkeypatch.setattr(page, "MAX_REQUEST_BYTES", 3000)
    before = temporary_files()
    response = upload(file_bytes(summary="长" * 3000))
    assert response.status_code == 413
    assert "没有导入。请分几次上传" in body_of(response)
    assert (WordUpload.objects.count(), temporary_files()) == (0, before)


def test_body_that_is_no_form_is_a_bad_request(desk, chapter):
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        assert desk.post(URL, data=b"nonsense", content_type=kind).status_code == 400


def test_slow_files_do_not_hold_the_page_forever_the_rest_is_named(upload, monkeypatch):
    monkeypatch.setattr(page, "SECONDS", -1)
    body = body_of(upload(file_bytes()))
    assert "还没有轮到这个文件" in body
    assert WordImport.objects.count() == 0


def test_failure_in_the_middle_leaves_no_temporary_file(upload, monkeypatch):
    before = temporary_files()
    monkeypatch.setattr(page, "import_file", lambda **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(file_bytes())
    assert temporary_files() == before


def test_draft_and_its_line_in_the_report_come_together_or_not_at_all(upload, monkeypatch):
    monkeypatch.setattr(word_files.WordUpload, "save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(file_bytes(pictures=1))
    assert (Case.objects.count(), WordImport.objects.count(), WordUpload.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("key", ["0", "999999", "x", "9" * 30, "-1"])
def test_report_that_does_not_exist_is_not_found(desk, key):
    assert desk.get(f"/admin/cases/wordimport/{key}/change/").status_code == 404


# --- completing ------------------------------------------------------------------------------------------------------


def test_waiting_file_is_completed_on_its_report(upload, desk, chapter):
    upload(file_bytes(title="甲题", institution="某某", pictures=1))
    found = WordImport.objects.get()
    address = reverse("admin:cases_wordimport_change", args=[found.pk])
    body = body_of(desk.get(address))
    assert "文件里写的机构是“某某”" in body
    assert "文件里写的像是" in body
    institution = make_institution()
    data = {"complete-title": "新题", "complete-chapter": chapter.pk, "complete-institution": institution.pk}
    assert "草稿建好了" in body_of(desk.post(address, data, follow=True))
    case = Case.objects.get()
    assert (case.title, case.institution, case.images.count()) == ("新题", institution, 1)
    desk.post(address, data)
    assert Case.objects.count() == 1


def test_incomplete_answer_is_asked_again_and_keeps_what_was_typed(upload, desk, chapter):
    upload(file_bytes(institution=""))
    address = reverse("admin:cases_wordimport_change", args=[WordImport.objects.get().pk])
    body = body_of(desk.post(address, {"complete-title": "改好的题名", "complete-chapter": "77777"}))
    assert "还没有选机构。" in body
    assert "没有这一章" in body
    assert "改好的题名" in body
    assert Case.objects.count() == 0


def test_file_that_became_a_draft_is_not_forgotten(upload, desk):
    upload(file_bytes())
    found = WordImport.objects.get()
    assert desk.post(reverse("admin:cases_wordimport_delete", args=[found.pk]), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [found.pk], "post": "yes"}
    desk.post(reverse("admin:cases_wordimport_changelist"), data)
    assert WordImport.objects.count() == 1


def test_unwanted_file_is_discarded_with_its_pictures(upload, desk):
    upload(file_bytes(institution="", pictures=2))
    assert WordPicture.objects.count() == 2
    desk.post(reverse("admin:cases_wordimport_delete", args=[WordImport.objects.get().pk]), {"post": "yes"})
    assert counts() == (0, 0, 0, 0)


# --- figures and pictures --------------------------------------------------------------------------------------------


@pytest.fixture
def report(upload):
    """Address and form of a draft's report, with one picture and one figure."""
    upload(file_bytes(pictures=1))
    found = WordImport.objects.get()
    image = found.case.images.get()
    data = {
        f"picture-{image.pk}-alt": "流程图",
        f"picture-{image.pk}-caption": "图注",
        "figure-0-take": "on",
        "figure-0-label": "普惠贷款余额",
        "figure-0-value": "超 3300 亿元",
        "figure-0-number": "3300",
        "figure-0-unit": "亿元",
        "figure-0-as_of": "",
        "figure-0-is_headline": "on",
    }
    return reverse("admin:cases_wordimport_change", args=[found.pk]), data


def test_report_takes_figures_and_words_and_leads_to_the_draft(report, desk):
    address, data = report
    case = Case.objects.get()
    assert desk.post(address, {**data, "_open": "1"}).url == reverse("admin:cases_case_change", args=[case.pk])
    figure, image = case.figures.get(), case.images.get()
    assert (figure.value, figure.number, figure.unit, figure.is_headline) == ("超 3300 亿元", 3300, "亿元", True)
    assert (image.alt, image.caption) == ("流程图", "图注")
    assert case.figures.count() == 1
    assert "普惠贷款余额：超 3200 亿元" in body_of(desk.get(address))  # among those taken, as it was offered


def test_buttons_lead_where_they_say(report, desk):
    address, data = report
    upload = WordUpload.objects.get()
    assert desk.post(address, {**data, "_stay": "1"}).url == address
    assert desk.post(address, {**data, "_report": "1"}).url == reverse(
        "admin:cases_wordimport_upload", args=[upload.pk]
    )


def test_row_that_is_not_ticked_may_hold_anything_and_is_not_taken(report, desk):
    address, data = report
    for name in ("figure-0-take", "figure-0-is_headline"):
        del data[name]
    assert desk.post(address, {**data, "figure-0-number": "很多", "figure-0-label": ""}).status_code == 302
    assert KeyFigure.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("figure-0-label", "", "说明不能空着"),
        ("figure-0-unit", "", "写了数就要写单位"),
        ("figure-0-number", "很多", "输入一个数"),
        ("figure-0-number", "1e40", "位"),
        ("figure-0-value", "长" * 61, "60"),
    ],
)
def test_mistake_in_a_row_is_said_and_nothing_typed_is_lost(report, desk, field, value, words):
    address, data = report
    response = desk.post(address, {**data, field: value})
    assert response.status_code == 400
    body = body_of(response)
    assert words in body
    assert "流程图" in body
    assert "超 3300 亿元" in body or field == "figure-0-value"
    assert (KeyFigure.objects.count(), CaseImage.objects.get().caption) == (0, "图 0")


def test_picture_without_words_is_said_to_stop_publishing(report, desk):
    address, data = report
    data = {name: "" if name.endswith("-alt") else value for name, value in data.items()}
    assert "还有 1 张图没有写替代文字" in body_of(desk.post(address, {**data, "_stay": "1"}, follow=True))


def test_report_of_a_case_under_review_offers_nothing_to_its_editor(report, desk, clerk):
    address, data = report
    submit_case(case=Case.objects.get(), user=clerk)
    assert "先在案例页上撤回送审" in body_of(desk.get(address))
    desk.post(address, data)
    assert KeyFigure.objects.count() == 0


def test_report_of_a_public_case_tells_to_open_a_revision(report, desk):
    address, data = report
    Case.objects.update(status="published", published_at="2020-01-01T00:00Z")
    desk.force_login(make_user("审核"))
    body = body_of(desk.get(address))
    assert "开修订稿" in body
    assert "撤回送审" not in body
    desk.post(address, data)
    assert KeyFigure.objects.count() == 0


def test_second_file_of_the_same_case_is_noticed_and_linked(upload, desk):
    upload(file_bytes(title="同一篇"))
    first = Case.objects.get()
    upload(file_bytes(title="同一篇", pictures=1))
    second = WordImport.objects.order_by("-pk").first()
    assert f"可能和 {first.code}《同一篇》是同一篇：题名相同。" in str(second.notices)
    body = body_of(desk.get(reverse("admin:cases_wordimport_change", args=[second.pk])))
    assert reverse("admin:cases_case_change", args=[first.pk]) in body


def test_report_of_a_deleted_draft_stays_readable(report, desk, clerk):
    address, data = report
    delete_cases(cases=[Case.objects.get()], user=clerk)
    body = body_of(desk.get(address))
    assert "草稿后来被删除了" in body
    assert "页眉没有放进来。" in body
    assert desk.post(address, data).status_code == 200


@pytest.mark.parametrize("item_count", [1, 4])
def test_report_of_a_file_queries_do_not_grow(upload, desk, django_assert_num_queries, item_count):
    upload(file_bytes(pictures=item_count))
    address = reverse("admin:cases_wordimport_change", args=[WordImport.objects.get().pk])
    with django_assert_num_queries(7):
        assert desk.get(address).status_code == 200


def test_template_is_a_word_file_with_our_names(desk, chapter):
    response = desk.get(f"{URL}template.docx")
    assert response.content.startswith(b"PK")
    assert "attachment" in response["Content-Disposition"]
