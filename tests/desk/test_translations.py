"""Staff see which translation is older than its Chinese, and what to write it from."""

import pytest
from django.urls import reverse

from cases.models import Category, Translation, Version
from cases.models.translation import digest
from tests.factories import make_case, make_category, make_term

pytestmark = pytest.mark.django_db
LIST = "admin:cases_translation_changelist"


def translated(category: Category) -> Translation:
    texts = {"name": "Green Finance", "intro": "How sewage works are financed."}
    origins = {name: digest(getattr(category, name)) for name in texts}
    return Translation.objects.create(language="en", kind="category", key=category.slug, texts=texts, sources=origins)


@pytest.fixture
def translation():
    return translated(make_category(name="绿色金融", slug="green", intro="治污怎样融资。"))


def change(client, translation, **texts):
    return client.post(reverse("admin:cases_translation_change", args=[translation.pk]), texts)


def rewrite(**fields) -> None:
    Category.objects.update(**fields)


def test_list_says_what_is_outdated_and_is_narrowed_to_it(staff_client, translation):
    whole = translated(make_category(slug="other", intro="另一章。"))
    rewrite_one = Category.objects.get(slug="green")
    rewrite_one.intro = "治水怎样融资。"
    rewrite_one.save()
    body = staff_client.get(reverse(LIST)).content.decode()
    assert "过时：导语" in body
    assert "对得上" in body
    found = staff_client.get(reverse(LIST), {"state": "outdated"}).context["cl"].result_list
    assert found == [translation]
    assert whole in staff_client.get(reverse(LIST), {"state": "x"}).context["cl"].result_list


@pytest.mark.parametrize("count", [2, 9])
def test_list_costs_the_same_however_long(staff_client, django_assert_num_queries, count):
    for _ in range(count):
        translated(make_category())
    with django_assert_num_queries(7):
        staff_client.get(reverse(LIST))


def test_text_written_anew_is_of_todays_chinese_and_others_stay_outdated(staff_client, translation):
    rewrite(name="绿色的金融", intro="治水怎样融资。")
    change(staff_client, translation, name="Green Finance", intro="How water works are financed.")
    translation.refresh_from_db()
    chinese = {"name": "绿色的金融", "slogan": "", "intro": "治水怎样融资。"}
    assert translation.outdated(chinese) == ["name"]
    change(staff_client, translation, **translation.texts, is_checked="on")
    translation.refresh_from_db()
    assert translation.outdated(chinese) == []
    assert Version.objects.filter(kind="translation").count() >= 2


def test_page_shows_the_chinese_beside_the_text(staff_client, translation):
    rewrite(intro="治水怎样融资。")
    body = staff_client.get(reverse("admin:cases_translation_change", args=[translation.pk])).content.decode()
    assert "过时。现在的中文：治水怎样融资。" in body
    assert "How sewage works are financed." in body


def test_case_leads_to_its_translation_whether_there_is_one_or_not(staff_client):
    case = make_case(title="口号", subtitle="两天放款")
    form = staff_client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()
    address = reverse("admin:cases_translation_add", query={"language": "en", "kind": "case", "key": case.code})
    assert address.replace("&", "&amp;") in form
    assert "中文：两天放款" in staff_client.get(address).content.decode()
    staff_client.post(address, {"language": "en", "kind": "case", "key": case.code, "title": "Slogan"})
    row = Translation.objects.get()
    assert (row.texts, row.sources) == ({"title": "Slogan"}, {"title": digest("口号")})
    assert staff_client.get(address)["Location"] == reverse("admin:cases_translation_change", args=[row.pk])


def test_kind_chosen_by_hand_leads_on_to_its_boxes(staff_client):
    make_term("need", slug="slow", name="办事慢")
    data = {"language": "en", "kind": "term", "key": "need/slow"}
    response = staff_client.post(reverse("admin:cases_translation_add"), data)
    assert response["Location"] == reverse("admin:cases_translation_change", args=[Translation.objects.get().pk])


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "term", "key": "need/nothing"},
        {"kind": "nothing", "key": "x"},
        {"kind": "term", "key": ""},
        {"kind": "term", "key": "x" * 500},
        {"kind": "term", "key": "\x00"},
    ],
)
def test_what_is_not_there_is_not_translated(staff_client, data):
    response = staff_client.post(reverse("admin:cases_translation_add"), {"language": "en", **data})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not Translation.objects.exists()


def test_text_too_long_is_refused(staff_client, translation):
    assert change(staff_client, translation, name="x" * 2001).context["adminform"].form.errors["name"]
    translation.refresh_from_db()
    assert translation.texts["name"] == "Green Finance"


def test_what_is_gone_can_still_be_looked_at_and_deleted(staff_client, translation):
    Category.objects.all().delete()
    assert change(staff_client, translation, name="Green").status_code == 302
    assert "过时" in staff_client.get(reverse(LIST)).content.decode()
    staff_client.post(reverse("admin:cases_translation_delete", args=[translation.pk]), {"post": "yes"})
    assert not Translation.objects.exists()
