"""Seeding never overwrites a person's work."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case, Category, KeyFigure
from cases.seed.seeding import seed_file
from tests.factories import make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db

CATEGORY = "- model: cases.category\n  fields: {{name: 绿色, slug: green, intro: {intro}}}\n"
CASE = """
- model: cases.case
  fields: {code: b1-0101, title: 题名, collection: [b1], category: [green], institution: [bank], summary: 摘要, terms: [[need, slow]]}
- model: cases.keyfigure
  fields: {case: [b1-0101], order: 1, label: 贷款, value: 690 万元, number: 690, unit: 万元}
"""


@pytest.fixture
def fixture(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "one.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def seed(path: Path, *, update: bool = False) -> dict[str, int]:
    return dict(seed_file(path=path, root=path.parent, update=update).outcomes)


def test_first_load_creates(fixture):
    assert seed(fixture(CATEGORY.format(intro="一"))) == {"created": 1}
    assert Category.objects.get(slug="green").intro == "一"


def test_second_load_changes_nothing(fixture):
    path = fixture(CATEGORY.format(intro="一"))
    seed(path)
    assert seed(path) == {}


def test_changed_file_waits_for_update(fixture):
    seed(fixture(CATEGORY.format(intro="一")))
    assert seed(fixture(CATEGORY.format(intro="二"))) == {"unchanged": 1}
    assert seed(fixture(CATEGORY.format(intro="二")), update=True) == {"updated": 1}
    assert Category.objects.get(slug="green").intro == "二"


def test_edited_row_is_never_overwritten(fixture):
    seed(fixture(CATEGORY.format(intro="一")))
    Category.objects.update(slogan="编辑加的口号")
    assert seed(fixture(CATEGORY.format(intro="二")), update=True) == {"edited": 1}
    assert Category.objects.get(slug="green").intro == "一"


def test_row_made_by_staff_is_left_alone(fixture):
    make_category(slug="green", name="绿色", intro="协会写的")
    assert seed(fixture(CATEGORY.format(intro="二")), update=True) == {"edited": 1}
    assert Category.objects.get(slug="green").intro == "协会写的"


@pytest.fixture
def case_fixture(fixture):
    make_collection(slug="b1"), make_category(slug="green"), make_institution(slug="bank"), make_term(slug="slow")
    path = fixture(CASE)
    seed(path)
    return path


def test_deleted_case_stays_deleted_with_its_figures(case_fixture, fixture):
    Case.objects.all().delete()
    assert seed(fixture(CASE + "# new\n"), update=True) == {"deleted": 2}
    assert KeyFigure.objects.count() == 0


def test_numbers_come_back_equal(case_fixture, fixture):
    assert seed(fixture(CASE + "# new\n"), update=True) == {"unchanged": 2}


def test_changed_terms_count_as_an_edit(case_fixture, fixture):
    Case.objects.get().terms.add(make_term())
    assert seed(fixture(CASE.replace("摘要", "新摘要")), update=True) == {"edited": 1, "unchanged": 1}


def test_wrong_reference_names_the_file_and_writes_nothing(fixture):
    path = fixture(CATEGORY.format(intro="一") + CASE)
    with pytest.raises(CommandError, match=r"one\.yaml"):
        call_command("seed", str(path.parent), verbosity=0)
    assert Category.objects.count() == 0


ONE_FIGURE = "- model: cases.keyfigure\n  fields: {{case: [b1-0101], order: {order}, label: 贷款, value: 690 万元, number: 690, unit: 万元{more}}}\n"


@pytest.fixture
def vocabulary():
    make_collection(slug="b1")
    make_category(slug="green")
    make_institution(slug="bank")
    make_term("need", slug="slow")


def test_a_row_that_the_file_no_longer_holds_goes(fixture, vocabulary):
    seed(fixture(CASE + ONE_FIGURE.format(order=2, more="")))
    assert seed(fixture(CASE), update=True) == {"removed": 1, "unchanged": 2}
    assert [figure.order for figure in KeyFigure.objects.all()] == [1]
    assert seed(fixture(CASE + ONE_FIGURE.format(order=2, more="")), update=True) == {"unchanged": 2, "created": 1}


def test_a_row_that_the_file_no_longer_holds_stays_where_someone_edited_it(fixture, vocabulary):
    seed(fixture(CASE + ONE_FIGURE.format(order=2, more="")))
    KeyFigure.objects.filter(order=2).update(label="编辑改过")
    assert seed(fixture(CASE), update=True) == {"edited": 1, "unchanged": 2}
    assert KeyFigure.objects.filter(label="编辑改过").exists()


def test_a_field_that_the_file_no_longer_names_is_empty_again(fixture, vocabulary):
    seed(fixture(CASE + ONE_FIGURE.format(order=2, more=", note: 旧注")))
    assert seed(fixture(CASE + ONE_FIGURE.format(order=2, more="")), update=True) == {"updated": 1, "unchanged": 2}
    assert KeyFigure.objects.get(order=2).note == ""
