"""Three questions that end at a list: every count true, no dead end, every address shareable."""

import pytest

from tests.factories import index_all, make_case, make_term

pytestmark = pytest.mark.django_db


def total(response) -> int:
    """How many cases the page behind a link holds: a list's, or those left at a question."""
    if "listing" in response.context:
        return response.context["listing"].page.paginator.count
    return response.context["step"].total


def choices(response) -> dict[str, tuple[int, str]]:
    return {choice.label: (choice.count, choice.url) for choice in response.context["step"].choices}


@pytest.fixture
def three():
    owner, farmer = make_term("audience", name="小店", slug="owner"), make_term("audience", name="农户", slug="farmer")
    slow, dear = make_term("need", name="太慢", slug="slow"), make_term("need", name="太贵", slug="dear")
    loan = make_term("instrument", name="信用贷", slug="loan")
    make_case(terms=(owner, slow, loan))
    make_case(terms=(owner, dear))
    make_case(terms=(farmer, dear), status="draft")
    index_all()


def test_first_question_offers_who_has_cases(client, three):
    response = client.get("/find/")
    assert response.context["step"].question.name == "audience"
    assert choices(response) == {"小店": (2, "/find/?audience=owner")}


def test_each_answer_narrows_the_next_question_and_the_last_leads_to_the_list(client, three):
    second = client.get("/find/?audience=owner")
    assert choices(second) == {
        "太慢": (1, "/find/?audience=owner&need=slow"),
        "太贵": (1, "/find/?audience=owner&need=dear"),
    }
    third = client.get("/find/?audience=owner&need=slow")
    assert choices(third) == {"信用贷": (1, "/cases/?audience=owner&need=slow&instrument=loan")}
    assert third.context["back_url"] == "/find/?audience=owner"
    assert third.context["list_url"] == "/cases/?audience=owner&need=slow"
    assert third.context["answered"]["audience"] == ("小店", "/find/?need=slow")


def test_a_question_can_be_skipped(client, three):
    assert client.get("/find/").context["step"].skip_url == "/find/?audience="
    second = client.get("/find/?audience=")
    assert second.context["step"].number == 2
    assert second.context["answered"]["audience"][0] == "不限"
    third = client.get("/find/?audience=&need=slow")
    assert third.context["step"].skip_url == "/cases/?need=slow"


def test_all_answered_goes_to_the_list(client, three):
    response = client.get("/find/?audience=owner&need=&instrument=loan")
    assert (response.status_code, response["Location"]) == (302, "/cases/?audience=owner&instrument=loan")
    assert client.get("/find/?audience=&need=&instrument=")["Location"] == "/cases/"


def test_no_choice_left_says_so_and_leads_on(client, three):
    response = client.get("/find/?audience=owner&need=dear")
    assert "没有可以再选的" in response.content.decode()
    assert 'href="/cases/?audience=owner&amp;need=dear"' in response.content.decode()
    nothing = client.get("/find/?audience=farmer")
    assert "没有案例同时符合" in nothing.content.decode()
    assert nothing.context["back_url"] == "/find/"


@pytest.mark.parametrize(
    ("query", "asked_again"),
    [("audience=x", "audience"), ("audience=owner&need=nope", "need"), ("audience=owner&need=slow&instrument=<i>", "instrument")],
)  # fmt: skip
def test_unknown_value_is_400_and_the_question_asked_again(client, three, query, asked_again):
    response = client.get(f"/find/?{query}")
    assert response.status_code == 400
    assert "没有" in response.context["errors"][0]
    assert response.context["step"].question.name == asked_again
    assert response.context["step"].choices
    assert "<i>" not in response.content.decode()


@pytest.mark.parametrize(
    "query", ["audience=" + "a" * 300, "need=%01", "audience=owner&audience=farmer", "x=1&page=zz"]
)
def test_odd_addresses_are_no_500(client, three, query):
    assert client.get(f"/find/?{query}").status_code in (200, 400)


@pytest.mark.parametrize("count", [1, 4])
def test_queries_do_not_grow(client, django_assert_num_queries, count):
    terms = tuple(make_term(facet, slug=facet) for facet in ("audience", "need", "instrument"))
    for _ in range(count):
        make_case(terms=terms)
    index_all()
    client.get("/find/")  # this process takes over what was written
    # 2 values, state of the index, scheduled cases, choices, names of the answers
    with django_assert_num_queries(6):
        client.get("/find/?audience=audience&need=need")


def test_home_shows_the_first_question(client, three):
    response = client.get("/")
    assert [choice.url for choice in response.context["finder"].choices] == ["/find/?audience=owner"]
    assert "我是谁" in response.content.decode()


def test_every_count_on_the_collections_is_true_and_no_choice_is_a_dead_end(client, seeded):
    seen = 0
    first = client.get("/find/")
    for count, url in [*choices(first).values(), (total(first), first.context["step"].skip_url)]:
        second = client.get(url)
        assert total(second) == count > 0
        for inner, following in list(choices(second).values())[:4]:
            third = client.get(following)
            assert total(third) == inner > 0
            for last, listed in list(choices(third).values())[:2]:
                assert total(client.get(listed)) == last > 0
                seen += 1
    assert seen > 60
