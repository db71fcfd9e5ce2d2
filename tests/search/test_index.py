"""The index is in step with every write, says when it is not, and mends itself."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction

from cases.editing.edit import delete_cases, edit_case, edit_cases
from cases.editing.gate import Public
from cases.editing.vocabulary import delete_vocabulary
from cases.editing.workflow import archive_case, publish_case
from cases.models import Advice, Case, Document, EditorNote, Highlight, Institution, Offer, Product, SearchDocument
from cases.search.bitmaps import current
from cases.search.checking import check_index
from cases.search.documents import read_cases
from cases.search.engines import engine
from cases.search.index import index_cases
from cases.search.results import search
from tests.factories import (
    empty_rows,
    index_all,
    make_case,
    make_finished_draft,
    make_institution,
    make_term,
    save_case,
    save_vocabulary,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model()(username="editor")


@pytest.fixture
def case():
    case = make_case(title="绿色票据")
    index_all()
    return case


def found(text: str) -> list[int]:
    return list(search(text).keys)


def test_saved_case_is_found_by_its_new_words_and_no_longer_by_the_old(case, user):
    case.title = "跨境汇款"
    save_case(case=case, user=user)
    assert (found("跨境汇款"), found("绿色票据")) == ([case.pk], [])


def test_cases_written_together_are_indexed_once_at_the_end(case, user, monkeypatch):
    other, batches = make_case(), []
    monkeypatch.setattr(
        "cases.editing.edit.index_cases",
        lambda keys, read: batches.append(sorted(keys)) or index_cases(keys, read=read),
    )
    with edit_cases(), edit_cases():
        for item, title in ((case, "跨境汇款"), (other, "葡萄酒质押")):
            item.title = title
            save_case(case=item, user=user)
        assert batches == []
    assert batches == [[case.pk, other.pk]]
    assert (found("跨境汇款"), found("葡萄酒质押"), found("绿色票据")) == ([case.pk], [other.pk], [])


def test_failure_while_writing_together_indexes_nothing_then_and_everything_later(case, user):
    @transaction.atomic
    def fail() -> None:
        with edit_cases():
            save_case(case=case, user=user)
            raise RuntimeError

    case.title = "跨境汇款"
    with pytest.raises(RuntimeError):
        fail()
    assert found("绿色票据") == [case.pk]
    save_case(case=case, user=user)
    assert found("跨境汇款") == [case.pk]


def test_status_decides_at_once():
    case = make_finished_draft(title="绿色票据")
    publish_case(case=case, user=None)
    archive_case(case=case, user=None)
    assert found("绿色票据") == []
    publish_case(case=case, user=None)
    assert found("绿色票据") == [case.pk]


def test_deleted_case_is_forgotten(case, user):
    delete_cases(cases=[case], user=user)
    assert found("绿色票据") == []
    assert check_index() == {}


def test_a_write_undone_leaves_the_index_as_it_was(case, user):
    case.title = "跨境汇款"
    with transaction.atomic():
        save_case(case=case, user=user)
        assert found("跨境汇款") == [case.pk]
        transaction.set_rollback(True)
    assert (found("跨境汇款"), found("绿色票据")) == ([], [case.pk])


def test_renamed_institution_is_found_by_its_new_name(case, user):
    case.institution.short_name = "珠江口银行"
    save_vocabulary(item=case.institution, user=user)
    assert found("珠江口银行") == [case.pk]
    assert found("zhujiangkou") == [case.pk]


def test_name_of_a_parent_reaches_the_branches(case, user):
    parent = make_institution()
    Institution.objects.filter(pk=case.institution_id).update(parent=parent)
    parent.other_names = "珠江口银行"
    save_vocabulary(item=parent, user=user)
    assert found("珠江口银行") == [case.pk]


def test_deleted_term_is_no_longer_a_word_of_its_cases(user):
    term = make_term("keyword", name="长租公寓")
    case = make_case(terms=(term,))
    index_all()
    assert found("长租公寓") == [case.pk]
    delete_vocabulary(item=term, user=user)
    assert found("长租公寓") == []
    assert check_index() == {}


def test_admin_keeps_figures_and_terms_in_step(staff_client, case):
    address = f"/admin/cases/case/{case.pk}/change/"
    form = staff_client.get(address).context["adminform"].form
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    data |= {"published_at_0": "2020-01-01", "published_at_1": "00:00:00", "terms": [make_term(name="长租公寓").pk]}
    figure = case.figures.get()
    data |= empty_rows() | {"figures-TOTAL_FORMS": 1, "figures-INITIAL_FORMS": 1}
    data |= {"figures-0-id": figure.pk, "figures-0-case": case.pk, "figures-0-order": 1, "figures-0-label": "续贷余额"}
    data |= {"figures-0-value": "一批", "figures-0-number": "", "figures-0-unit": ""}
    asked = staff_client.post(address, data | {"_correct": "ask"})
    response = staff_client.post(address, data | {"_correct": asked.context["public_change"].digest})
    assert response.status_code == 302, response.context["errors"]
    assert (found("长租公寓"), found("续贷余额")) == ([case.pk], [case.pk])


def test_admin_deletes_from_the_index(staff_client, case):
    staff_client.post(f"/admin/cases/case/{case.pk}/delete/", {"post": "yes"})
    assert found("绿色票据") == []
    assert check_index() == {}


def test_seeding_leaves_nothing_to_do(seeded):
    assert check_index() == {}
    assert index_cases(Case.objects.values_list("pk", flat=True)) == []


def test_unchanged_cases_are_not_written_again(case, django_assert_num_queries):
    assert index_cases([case.pk]) == []


def break_text(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(title="跨境汇款")


def break_status(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(status="archived")


def break_document(case: Case) -> None:
    SearchDocument.objects.all().delete()


def break_tokens(case: Case) -> None:
    engine().clear()


def leave_behind(case: Case) -> None:
    case.delete()


def forget_names(case: Case) -> None:
    make_institution()


@pytest.mark.parametrize("damage", [break_text, break_status, break_document, break_tokens, leave_behind, forget_names])
def test_check_finds_damage_and_reindex_mends_it(case, damage):
    call_command("reindex", check=True, verbosity=0)
    damage(case)
    with pytest.raises(CommandError, match="索引与案例不一致"):
        call_command("reindex", check=True, verbosity=0)
    call_command("reindex", verbosity=0)
    call_command("reindex", check=True, verbosity=0)


def test_reindex_goes_on_where_it_was_stopped(case):
    other = make_case(title="跨境汇款")
    index_cases([other.pk])
    third = make_case(title="水电站")
    assert len(index_cases([case.pk, other.pk, third.pk])) == 1


def test_reindex_all_writes_everything(case, capsys):
    call_command("reindex", all=True)
    assert "更新 1 篇" in capsys.readouterr().out


def test_processes_see_a_write_by_its_stamp(case, user):
    before = current()
    assert current() is before
    archive_case(case=case, user=None)
    assert current().stamp != before.stamp
    assert case.pk not in current().visible()


def test_visible_is_the_twin_of_published():
    for status in ("draft", "in-review", "published", "archived"):
        make_case(status=status)
    make_case(published_at="2999-01-01T00:00Z")
    index_all()
    assert set(current().visible()) == set(Case.objects.published().values_list("pk", flat=True))


@pytest.mark.parametrize(
    "words",
    ["全国首单", "建档立卡信息系统", "云快贷", "随借随还贷", "出口退税账户托管", "防范非法集资条例", "疑为七千万"],
)
def test_case_is_found_by_its_rows_as_soon_as_they_are_written(case, user, words):
    product = Product.objects.create(institution=case.institution, name="云快贷", other_names="随借随还贷")
    document = Document.objects.create(title="防范非法集资条例")
    with edit_case(case, user=user, public=Public.TRUSTED) as item:
        Highlight.objects.create(case=item, order=1, text="全国首单")
        Advice.objects.create(case=item, order=1, kind="needs", text="建档立卡信息系统")
        Offer.objects.create(case=item, order=1, product=product, conditions="出口退税账户托管")
        EditorNote.objects.create(case=item, order=1, text="疑为七千万")
        item.documents.add(document)
    assert found(words) == [case.pk]


def test_case_is_not_found_by_what_its_source_does_not_say(case, user):
    with edit_case(case, user=user, public=Public.TRUSTED) as item:
        Advice.objects.create(case=item, order=1, kind="unsaid", text="不良率")
    assert found("不良率") == []


def test_rows_of_many_cases_are_read_with_a_bounded_number_of_queries(case, user, django_assert_num_queries):
    for item in (case, make_case(), make_case()):
        Highlight.objects.create(case=item, order=1, text="全国首单")
    keys = list(Case.objects.values_list("pk", flat=True))
    with django_assert_num_queries(9):  # cases, terms, figures, and six kinds of rows
        assert len(read_cases(keys)) == 3
