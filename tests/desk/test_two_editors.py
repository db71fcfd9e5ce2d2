"""Two people at one case: rows are merged as fields are, and what both changed is named."""

from random import Random

import pytest
from django.urls import reverse

from cases.editing.edit import edit_case
from cases.editing.images import add_case_image
from cases.editing.revisions import restore_version
from cases.models import Case, Version
from tests.desk.test_case import sent
from tests.desk.test_case_rows import TYPED, row
from tests.factories import make_case, make_product, make_term
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    case = make_case(figures=3, status="draft", code="b1-0101", results="成效")
    with edit_case(case, user=None):  # the first write keeps the state before it as version 1
        case.title = "题名"
        case.save()
    return case


def address(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


class Editor:
    """One of two people: opened the form at the start, and saves what was typed."""

    def __init__(self, client, case: Case) -> None:
        self.client, self.case = client, case
        self.form = sent(client.get(address(case)))

    def save(self, *without: str, **typed):
        self.form = {name: value for name, value in (self.form | typed).items() if name not in without}
        self.form = {name: value for name, value in self.form.items() if not name.endswith("-file")}  # none is chosen
        self.answer = self.client.post(address(self.case), self.form)
        if self.answer.status_code != 302:
            self.form = sent_again(self.answer)
        return self.answer


def sent_again(page) -> dict:
    """What the browser sends of a page shown again: the extra rows, too."""
    data = sent(page)
    for inline in page.context["inline_admin_formsets"]:
        for form in inline.formset.extra_forms:
            values = {box.html_name: box.value() for box in form}
            data |= {name: getattr(value, "pk", value) for name, value in values.items() if value not in (None, False)}
    return data


@pytest.fixture
def two(staff_client, case):
    return Editor(staff_client, case), Editor(staff_client, case)


def figures(case: Case) -> list[str]:
    return [figure.label for figure in case.figures.order_by("order")]


def test_row_of_one_and_text_of_the_other_both_survive_and_nothing_false_is_said(two, case):
    first, second = two
    assert first.save(**{"figures-0-label": "甲改的"}).status_code == 302
    told = second.save(results="新的成效")
    assert (told.status_code, told.context["conflict"].contested, told.context["conflict"].rows) == (409, set(), [])
    assert "你也改过" not in told.content.decode().replace("标着“你也改过”", "")
    assert second.save().status_code == 302
    assert figures(case)[0] == "甲改的"
    assert Case.objects.get().results == "新的成效"


def test_different_rows_are_both_kept(two, case):
    first, second = two
    first.save(**{"figures-0-label": "甲改的"})
    assert second.save(**{"figures-2-label": "乙改的"}).context["conflict"].rows == []
    assert second.save().status_code == 302
    assert (figures(case)[0], figures(case)[2]) == ("甲改的", "乙改的")


def test_same_row_is_named_with_both_values_and_the_second_decides(two, case):
    first, second = two
    first.save(**{"figures-1-label": "甲改的"})
    told = second.save(**{"figures-1-label": "乙改的"})
    (contested,) = told.context["conflict"].rows
    assert "甲改的" in contested.theirs
    assert "乙改的" in contested.mine
    body = told.content.decode()
    assert "你们都改过的行" in body
    assert 'value="乙改的"' in body
    assert second.save().status_code == 302
    assert figures(case)[1] == "乙改的"


def test_row_deleted_by_one_and_untouched_by_the_other_is_gone_quietly(two, case):
    first, second = two
    left = figures(case)[1:]
    first.save(**{"figures-0-DELETE": "on"})
    told = second.save(results="新的成效", **{"figures-2-label": "乙改的"})
    assert (told.status_code, told.context["conflict"].rows) == (409, [])
    assert second.save().status_code == 302
    assert figures(case) == [left[0], "乙改的"]


@pytest.mark.parametrize("keep", [True, False])
def test_row_deleted_by_one_and_changed_by_the_other_is_named(two, case, keep):
    first, second = two
    first.save(**{"figures-0-DELETE": "on"})
    told = second.save(**{"figures-0-label": "乙改的"})
    (contested,) = told.context["conflict"].rows
    assert (contested.theirs, "乙改的" in contested.mine) == ("", True)
    assert second.save(**({} if keep else {"figures-2-DELETE": "on"})).status_code == 302
    assert ("乙改的" in figures(case)) == keep


def test_row_changed_by_one_and_deleted_by_the_other_is_named(two, case):
    first, second = two
    first.save(**{"figures-0-label": "甲改的"})
    told = second.save(**{"figures-0-DELETE": "on"})
    (contested,) = told.context["conflict"].rows
    assert ("甲改的" in contested.theirs, contested.mine) == (True, "")
    assert second.save("figures-0-DELETE").status_code == 302  # on second thoughts, kept
    assert "甲改的" in figures(case)


@pytest.mark.parametrize("name", TYPED)
def test_new_rows_of_every_kind_by_both_are_both_kept(two, case, name):
    first, second = two
    place = int(first.form[f"{name}-TOTAL_FORMS"])
    before = getattr(case, name).count()
    assert first.save(**row(name, place)).status_code == 302, first.answer.context["errors"]
    own = {"figures": ("label", "另一行"), "offers": ("product", make_product(name="另一种贷款").pk)}
    field, value = own.get(name, ("text", "另一行"))
    told = second.save(**row(name, place) | {f"{name}-{place}-{field}": value})
    assert (told.status_code, told.context["conflict"].rows) == (409, [])
    assert second.save().status_code == 302, second.answer.context["errors"]
    assert getattr(case, name).count() == before + 2


def test_places_moved_by_one_and_text_changed_by_the_other(two, case):
    first, second = two
    labels = figures(case)
    first.save(**{"figures-0-order": 2, "figures-1-order": 1})
    second.save(**{"figures-0-label": "乙改的"})
    assert second.save().status_code == 302
    assert figures(case) == [labels[1], "乙改的", labels[2]]


def test_rows_made_anew_meanwhile_are_known_by_what_they_say(two, case):
    _, second = two
    restore_version(version=Version.objects.of(case).first(), user=None)
    with edit_case(case, user=None):
        case.summary = "又改"
        case.save()
    second.save(**{"figures-1-label": "乙改的"})
    assert second.save().status_code == 302
    assert (len(figures(case)), figures(case)[1]) == (3, "乙改的")


def test_picture_deleted_by_one_and_described_by_the_other_is_named(staff_client, case, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    for alt in ("一号图", "二号图"):
        add_case_image(case=case, data=picture_bytes(), caption="", alt=alt, user=None)
    first, second = Editor(staff_client, case), Editor(staff_client, case)
    first.save(**{"images-0-DELETE": "on"})
    told = second.save(**{"images-0-alt": "乙写的", "images-1-alt": "二号图，乙写的"})
    (contested,) = told.context["conflict"].rows
    assert "乙写的" in contested.mine
    assert "从修改历史恢复" in told.content.decode()
    assert second.save().status_code == 302, second.answer.context["errors"]
    assert [image.alt for image in case.images.all()] == ["二号图，乙写的"]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_two_people_do_to_rows_only_what_both_changed_is_asked(two, case, seed):
    draw, before = Random(seed), figures(case)
    edits = [[draw.choice(["keep", "change", "move", "delete"]) for _ in before] for _ in two]
    for editor, name, chosen in zip(two, "甲乙", edits, strict=True):
        typed = {"title": f"{name}的题名"} if name == "甲" else {"results": "乙的成效"}
        typed |= {f"figures-{n}-label": f"{name}{n}" for n, edit in enumerate(chosen) if edit == "change"}
        typed |= {f"figures-{n}-order": n + 11 for n, edit in enumerate(chosen) if edit == "move"}
        typed |= {f"figures-{n}-DELETE": "on" for n, edit in enumerate(chosen) if edit == "delete"}
        editor.save(**typed)
    told = two[1].answer
    both = [n for n, pair in enumerate(zip(*edits, strict=True)) if set(pair) in ({"change"}, {"change", "delete"})]
    assert (told.status_code, len(told.context["conflict"].rows)) == (409, len(both))
    assert two[1].save().status_code == 302, two[1].answer.context["errors"]
    left = figures(case)
    for n, (mine, theirs) in enumerate(zip(*edits, strict=True)):
        last = f"乙{n}" if theirs == "change" else f"甲{n}" if mine == "change" else before[n]
        is_gone = "delete" in (mine, theirs) and not (mine == "delete" and theirs == "change")
        assert (last in left) != is_gone, (n, mine, theirs)
    assert len(left) == len(set(left))
    case.refresh_from_db()
    assert (case.title, case.results) == ("甲的题名", "乙的成效")


def test_tags_added_by_both_are_both_there(two, case):
    first, second = two
    one, other = make_term(), make_term()
    first.save(terms=[one.pk])
    told = second.save(terms=[other.pk])
    assert told.context["conflict"].contested == set()
    assert second.save().status_code == 302
    assert set(case.terms.all()) == {one, other}


def test_half_typed_row_is_kept_as_it_is(two, case):
    first, second = two
    first.save(title="甲的题名")
    told = second.save(**{"figures-1-number": "十二"})
    assert (told.status_code, second.form["figures-1-number"]) == (409, "十二")


def test_a_write_that_changed_nothing_stops_nobody(staff_client):
    case = make_case(status="draft")
    form = sent(staff_client.get(address(case)))
    with edit_case(case, user=None):  # keeps version 1, and changes nothing
        case.save()
    assert staff_client.post(address(case), form | {"title": "新题名"}).status_code == 302
