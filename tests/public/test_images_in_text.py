"""Images stand where the text has a line for them; the rest at the end; a line without an image shows nothing."""

import re

import pytest
from django.template.loader import render_to_string

from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.editing.images import delete_case_images, replace_case_image, save_case_image
from cases.models import Case, CaseImage
from cases.models.image import change_places, placed_numbers
from cases.public.rendering import render_markdown
from cases.search.analysis import snippets, strip_markdown
from tests.factories import add_image, make_case, save_case
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script><!--图 2-->{{ x }}'


@pytest.fixture
def case() -> Case:
    """A public case with two images, the first of which stands in 做法 between two sentences."""
    case = make_case(approach="先上门。\n\n〔图 1〕\n\n后放款。")
    for number in (1, 2):
        add_image(case, picture_bytes(seed=number))
    return case


def page_of(client, case: Case, prefix: str = "") -> str:
    return client.get(prefix + case.get_absolute_url()).content.decode()


def story(page: str) -> str:
    """The part of a page that tells what was done."""
    return re.search(r'<section class="story" aria-labelledby="approach">(.*?)</section>', page, re.S)[1]


def test_image_stands_where_its_line_stands(client, case):
    page = page_of(client, case)
    assert re.search(r"先上门。</p>\s*<figure>.*?</figure>\s*<p>后放款。", story(page), re.S)
    assert page.count("<figure>") == 2
    assert story(page).count("<figure>") == 1
    assert 'id="images"' in page


def test_english_page_shows_it_in_the_same_place(client, case):
    assert story(page_of(client, case, "/en")).count("<figure>") == 1


def test_without_images_left_there_is_no_part_for_them(client, case):
    Case.objects.update(results="〔图 2〕\n\n放款 3 亿元。")
    assert 'id="images"' not in page_of(client, case)


def test_place_of_no_image_shows_nothing(client, case):
    Case.objects.update(approach="先上门。\n\n〔图 9〕\n\n后放款。")
    page = page_of(client, case)
    assert "图 9" not in page
    assert "<figure>" not in story(page)


def test_image_stands_once_even_if_its_line_stands_twice(client, case):
    Case.objects.update(approach="〔图 1〕\n\n一\n\n〔图 1〕")
    assert page_of(client, case).count("<figure>") == 2


def test_hostile_words_stay_words(client, case):
    CaseImage.objects.filter(number=1).update(caption=HOSTILE, alt=HOSTILE)
    text = story(page_of(client, case))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert text.count("<figure>") == 1


def test_text_cannot_fake_a_place(client, case):
    Case.objects.update(approach="甲<!--图 1-->乙\n\n<p>\ue0101\ue011</p>\n\n\ue0102\ue011")
    text = story(page_of(client, case))
    assert "<figure>" not in text
    assert "\ue010" not in text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("前\n〔图1〕\n后", "<p>前</p>\n<!--图 1-->\n<p>后</p>"),
        ("　〔图　１〕", "<p>〔图　１〕</p>"),
        ("〔 图 １ 〕", "<!--图 1-->"),
        (
            "- 甲\n- 乙\n    〔图 1〕\n- 丙",
            "<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n<!--图 1-->\n<ul>\n<li>丙</li>\n</ul>",
        ),
        ("1. 甲\n〔图 1〕\n2. 乙", '<ol>\n<li>甲</li>\n</ol>\n<!--图 1-->\n<ol start="2">\n<li>乙</li>\n</ol>'),
        ("如〔图 1〕所示", "<p>如〔图 1〕所示</p>"),
        ("<div>\n〔图 1〕\n</div>", None),
    ],
)
def test_line_is_a_block_of_its_own(text, html):
    found = str(render_markdown(text))
    assert "\ue010" not in found
    assert html is None or found == html


def test_order_file_and_words_may_change_and_the_place_stays(case):
    first, second = case.images.all()
    with edit_case(case, user=None, public=Public.TRUSTED):
        for image, order in ((first, 9), (second, 1), (first, 2)):
            image.order = order
            save_case_image(image=image, user=None)
        replace_case_image(image=first, data=picture_bytes(seed=7), user=None)
    assert [(image.order, image.number) for image in case.images.order_by("order")] == [(1, 2), (2, 1)]


def test_number_of_a_deleted_image_is_not_given_again(case):
    with edit_case(case, user=None, public=Public.TRUSTED):
        delete_case_images(images=[case.images.get(number=2)], user=None)
    assert add_image(case, picture_bytes(seed=3)).number == 3


def test_search_and_snippets_know_nothing_of_places(case):
    assert strip_markdown("先上门。\n\n〔图 1〕\n\n后放款。").split() == ["先上门。", "后放款。"]
    assert snippets("〔图 1〕\n\n一张图 1 说明", ["图"]) == ["一张<mark>图</mark> 1 说明"]
    save_case(case=case, user=None)
    assert (case.figures.get().sentence or "").find("〔图") == -1


def test_api_gives_places_and_images(client, case):
    Case.objects.update(results="〔图 9〕\n\n放款 3 亿元。")
    told = client.get(f"/api/v1/cases/{case.code}/").json()
    assert placed_numbers(told["approach"]) == [1]
    assert "图" not in told["results"]
    assert [(image["number"], image["alt"]) for image in told["images"]] == [(1, "图"), (2, "图")]


def test_change_places():
    assert change_places("甲\n〔图 3〕\n乙", lambda number: f"〔图 {number + 1}〕") == "甲\n〔图 4〕\n乙"


def test_figure_of_the_template_has_its_words(case):
    image = case.images.first()
    html = render_to_string("public/_case_image.html", {"image": image})
    assert f'alt="{image.alt}"' in html
    assert "<figcaption>图注</figcaption>" in html
