"""The desk says what is so, in the clerk's words, and leads on to where the work goes on."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from cases.models import Comment, WordImport
from tests.factories import make_case, make_category, make_collection, make_term, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_as(client):
    """``open_as(group, name, pk)``: the text of a page of the desk."""

    def opened(group: str, name: str, *args) -> str:
        client.force_login(make_user(group))
        return client.get(reverse(f"admin:{name}", args=args)).content.decode()

    return opened


def test_draft_leads_back_to_the_report_of_its_word_file(open_as):
    case = make_case(status="draft")
    assert "看来稿报告" not in open_as("编辑", "cases_case_change", case.pk)
    report = WordImport.objects.create(digest="0" * 64, filename="a.docx", outcome="draft", case=case)
    body = open_as("编辑", "cases_case_change", case.pk)
    assert reverse("admin:cases_wordimport_change", args=[report.pk]) in body


def test_who_only_reads_a_case_is_not_shown_an_empty_page_beside_it(open_as):
    case = make_case(status="in-review")
    assert 'id="writing-preview"' not in open_as("编辑", "cases_case_change", case.pk)
    assert 'id="writing-preview"' in open_as("审核", "cases_case_change", case.pk)


def test_deletion_is_told_in_words_a_clerk_knows(open_as):
    case = make_case(status="draft", terms=(make_term(),), figures=2)
    body = open_as("管理员", "cases_case_delete", case.pk)
    assert str(case) in body
    assert "关键数据: 2" in body
    assert not [word for word in ("Case_terms", "Case-term", "object (", "检索文档") if word in body]


def test_people_are_called_by_their_names_in_the_list(open_as):
    make_case(status="draft", editor=make_user("编辑", username="zhang3", last_name="张", first_name="三"))
    body = open_as("审核", "cases_case_changelist")
    assert '<td class="field-editor_name">张三</td>' in body


def test_boxes_for_deleting_a_row_say_which(open_as):
    case = make_case(status="draft", figures=2)
    body = open_as("编辑", "cases_case_change", case.pk)
    assert 'aria-label="删除第 2 行"' in body


def test_every_page_has_the_styles_of_the_desk(open_as):
    for name in ("index", "cases_case_changelist", "cases_case_deleted", "cases_case_import", "cases_case_sheet"):
        assert open_as("编辑", name).count("desk/desk.css") == 1


def test_the_list_of_cases_leads_to_the_deleted_ones(staff_client):
    body = staff_client.get(reverse("admin:cases_case_changelist")).content.decode()
    assert f'<a href="{reverse("admin:cases_case_deleted")}">已删除的案例</a>' in body


def test_first_page_says_how_far_the_collection_in_work_is_by_chapter(open_as):
    chapter = make_category(name="绿色金融")
    book = make_collection(title="二〇二六", year=2019)
    make_case(collection=make_collection(year=2026))
    for status in ("draft", "draft", "in-review", "published"):
        make_case(collection=book, category=chapter, status=status)
    body = open_as("编辑", "index")
    assert "《二〇二六》" in body
    assert "绿色金融已发布 1 篇，共 4 篇" in body
    assert '<span class="year-count">草稿 2</span>' in body


def test_first_page_puts_what_waits_longest_for_review_first_and_counts_the_days(open_as):
    for days, title in ((2, "新来的"), (9, "等久了的")):
        make_case(title=title, status="in-review", submitted_at=timezone.now() - timedelta(days=days, hours=1))
    body = open_as("审核", "index")
    assert body.index("等久了的") < body.index("新来的")
    assert '<span class="late">送审 9 天了</span>' in body
    assert "<span>送审 2 天了</span>" in body


@pytest.mark.parametrize("case_count", [1, 4])
def test_first_page_costs_as_many_queries_for_many_cases(staff_client, django_assert_num_queries, case_count):
    book = make_collection()
    for _ in range(case_count):
        make_case(collection=book, status="in-review")
    with django_assert_num_queries(17):
        staff_client.get(reverse("admin:index"))


@pytest.mark.parametrize("count", [1, 4])
def test_form_costs_as_many_queries_for_many_terms_figures_and_remarks(staff_client, django_assert_num_queries, count):
    case = make_case(status="draft", figures=count, terms=tuple(make_term() for _ in range(count)))
    for n in range(count):
        Comment.objects.create(case=case, field="background", text=f"意见 {n}")
    ContentType.objects.get_for_model(case)  # kept for good by the first page that asks
    with django_assert_num_queries(26):
        staff_client.get(reverse("admin:cases_case_change", args=[case.pk]))


def test_header_leads_first_to_what_is_opened_every_day(open_as):
    nav = re.search(r'<nav class="desk-nav".*?</nav>', open_as("管理员", "index"), re.DOTALL)[0]
    names = re.findall(r">([^<>\s]+)</a>", nav)
    assert names[:5] == ["今天要做的事", "案例", "案例来稿", "案例集", "提议"]
    assert names[-1] == "用户"


def test_editor_whose_file_names_an_unknown_institution_is_led_to_asking_for_it(open_as):
    waiting = WordImport.objects.create(digest="1" * 64, filename="a.docx", outcome="pending")
    asking = f"{reverse('admin:cases_proposal_add')}?kind=institution"
    assert asking in open_as("编辑", "cases_wordimport_change", waiting.pk)
    assert asking not in open_as("管理员", "cases_wordimport_change", waiting.pk)
