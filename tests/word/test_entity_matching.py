"""Which institution and chapter a member means."""

import pytest
from django.core.management import call_command

from cases.word.document import WordDocument
from cases.word.entity_matching import match_category, match_institution
from cases.word.placing import find_place
from tests.factories import make_case, make_category, make_collection, make_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(db):
    """The institutions of the real collections."""
    call_command("loaddata", "institutions", verbosity=0)


@pytest.mark.parametrize(
    "words",
    [
        "中国农业银行深圳市分行",
        "中国农业银行股份有限公司深圳市分行",
        "中国农业银行股份有限公司深圳分行",
        "农业银行深圳分行",
        "农行深圳分行",
        "农行深圳市分行",
        "深圳农行",
        "中 国 农 业 银 行 深 圳 分 行",
        "中國農業銀行深圳市分行",
        "中国农业银行（深圳市分行）",
    ],
)
def test_branch_is_found_by_every_way_to_write_it(known, words):
    match = match_institution(words)
    assert (match.found.slug, match.exact) == ("abc-shenzhen", True)


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("深圳前海微众银行股份有限公司", "webank"),
        ("微众银行", "webank"),
        ("WEBANK", "webank"),
        ("平安银行股份有限公司", "pab"),
        ("平安银行深圳分行", "pab-shenzhen"),
        ("平安银行信用卡中心", "pab-card-centre"),
        ("招联消费金融股份有限公司", "merchants-union"),
        ("东亚银行（中国）有限公司深圳分行", "bea-shenzhen"),
        ("上海浦东发展银行股份有限公司深圳分行", "spdb-shenzhen"),
    ],
)
def test_institution_is_found_by_its_names(known, words, slug):
    match = match_institution(words)
    assert match.exact
    assert match.found.slug.startswith(slug) or match.found.name.startswith(words[:4])


def test_name_inside_other_words_is_found_and_not_called_exact(known):
    match = match_institution("报送单位：农行深圳分行普惠金融事业部")
    assert (match.found.slug, match.exact) == ("abc-shenzhen", False)


def test_name_shared_by_several_is_not_chosen(known):
    match = match_institution("农行")
    assert match.found is None
    assert {one.slug for one in match.candidates} == {"abc", "abc-shenzhen"}


def test_branch_we_do_not_know_is_not_taken_for_its_parent(known):
    match = match_institution("中国农业银行上海分行")
    assert match.found is None
    assert "abc" in {one.slug for one in match.candidates}


@pytest.mark.parametrize("words", ["", "  ", "——", "某某小额贷款", "民生工程", "%", "\x00", "银行"])
def test_words_that_name_nobody_choose_nobody(known, words):
    assert match_institution(words).found is None


def test_two_full_names_of_the_same_length_inside_are_not_chosen():
    make_institution(name="甲乙银行", short_name="甲乙行")
    make_institution(name="丙丁银行", short_name="丙丁行")
    match = match_institution("甲乙银行与丙丁银行联合报送")
    assert match.found is None
    assert len(match.candidates) == 2


@pytest.mark.parametrize(
    ("words", "exact"),
    [("绿色金融", True), ("第九章 绿色金融", True), ("绿色金融类", True), ("綠色金融", True), ("绿色", False)],
)
def test_category_is_found(words, exact):
    green = make_category(name="绿色金融")
    make_category(name="科技金融")
    match = match_category(words)
    assert (match.found, match.exact) == (green, exact)


@pytest.mark.parametrize("words", ["", "金融", "海洋", "第三章"])
def test_category_in_doubt_is_not_chosen(words):
    make_category(name="绿色金融")
    make_category(name="科技金融")
    assert match_category(words).found is None


def told(**fields):
    values = {"title": "一个案例", "approach": "做法。"} | fields
    return WordDocument(filename="来稿.docx", digest="", **values)


@pytest.mark.parametrize(
    "fields",
    [
        {"mentions": ("中国农业银行深圳市分行优秀案例", "第 1 页")},
        {"title": "创新担保方式——农行深圳分行服务小微"},
        {"approach": "农行深圳分行走访企业。农行当天放款，农行又延长期限。工行也来了。"},
        {"title": "农行服务小微的做法", "approach": "农行深圳分行走访企业，中行也来了。"},
    ],
)
def test_an_institution_no_line_names_is_seen_elsewhere(known, fields):
    place = find_place(told(**fields), collection=make_collection())
    assert place.institution.slug == "abc-shenzhen"
    assert "请核对" in place.notices[0]["text"]


def test_two_institutions_named_as_often_are_asked_about(known):
    place = find_place(told(approach="农行深圳分行与微众银行合作。"), collection=make_collection())
    assert place.institution is None
    assert len(place.candidates) == 2


def test_chapters_are_proposed_by_likeness_to_what_is_published(db):
    like = make_case(title="光伏贷款支持绿色电站建设")
    make_case(title="反诈宣传走进社区", collection=like.collection, category=make_category())
    place = find_place(told(title="光伏电站的绿色贷款"), collection=like.collection)
    assert place.category is None
    assert place.categories[0] == like.category
    assert f"看内容像是“{like.category}”" in place.questions[-1]


def test_the_folder_or_the_file_may_name_the_chapter(db):
    case = make_case()
    place = find_place(told(), collection=case.collection, folder=f"03{case.category.name}")
    assert place.category == case.category
