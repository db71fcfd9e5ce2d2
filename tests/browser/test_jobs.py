"""What readers come for, counted in clicks."""

import csv
from io import BytesIO, StringIO

from docx import Document

from tests.browser.asking import fetched


def test_a_journalist_finds_firms_helped_by_anti_epidemic_loans(page, site):
    """Three clicks to every such figure with its year, and the same as CSV."""
    page.goto(site)
    clicks = (
        page.get_by_role("navigation", name="主要栏目").get_by_role("link", name="数据"),
        page.get_by_role("link", name="户数、人数：88 个以“户”计的数字"),
        page.get_by_role("navigation", name="选数字").get_by_role("link", name="聚力抗疫"),
    )
    for link in clicks:
        link.click()
    page.locator("h1", has_text="聚力抗疫 · 户数、人数").wait_for()
    rows = page.locator(".figure-rows tbody tr")
    said = [row.inner_text() for row in rows.all()]
    assert len(said) == 16
    assert [text for text in said if "20" not in text.split("\t")[2]] == []
    address = page.get_by_role("link", name="下载 CSV").get_attribute("href")
    lines = list(csv.DictReader(StringIO(page.request.get(f"{site}{address}").body().decode("utf-8-sig"))))
    assert [line["数值（照印）"] for line in lines] == [row.locator("b").first.inner_text() for row in rows.all()]


def test_a_clerk_compares_two_green_practices_and_takes_them_as_word(page, site):
    """Six clicks at most."""
    page.goto(site)
    page.get_by_role("link", name="绿色金融").first.click()
    page.locator(".card").first.get_by_role("link", name="比较").click()
    page.wait_for_url("**/compare/?case=*")
    page.locator(".offered a").first.click()
    page.locator("h1", has_text="比较 2 篇案例").wait_for()
    assert page.locator(".compare tbody tr").count() > 8
    titles = page.locator(".compare thead a[href^='/cases/']").all_inner_texts()
    page.locator(".tool summary", has_text="下载").click()
    address = (
        page.locator(".tool").get_by_role("link", name="Word").get_attribute("href")
    )  # the sixth would be this one
    answer = fetched(page, site, address)
    words = "".join(
        item.text or "" for item in Document(BytesIO(answer.body())).element.body.iter() if item.tag.endswith("}t")
    )
    assert all("".join(title.split()) in "".join(words.split()) for title in titles)


def test_a_researcher_takes_all_cases_of_a_bank_with_citations(page, site):
    """Three clicks to the references of every one of them."""
    page.goto(site)
    page.get_by_role("navigation", name="主要栏目").get_by_role("link", name="机构").click()
    page.get_by_role("link", name="农行深圳分行", exact=True).click()
    page.locator(".tool summary", has_text="引用").click()
    count = int(page.locator("#count").inner_text().split()[0])
    address = page.get_by_role("link", name="GB/T 7714—2025").get_attribute("href")
    references = page.request.get(f"{site}{address}").text().strip().splitlines()
    assert len([line for line in references if "农业银行" in line]) == count >= 5


def test_an_owner_finds_who_lends_without_collateral_how_much_and_whom_to_ask(page, site):
    """Two clicks to rows of products, each with the bank to ask."""
    page.goto(site)
    page.get_by_role("navigation", name="主要栏目").get_by_role("link", name="产品").click()
    page.get_by_label("找什么").fill("纯信用")
    page.get_by_role("button", name="查看").click()
    page.wait_for_url("**/products/?q=*")
    products = page.locator(".product").all()
    assert len(products) >= 5
    assert all(product.locator("header a[href^='/institutions/']").count() for product in products)
    assert sum("额度" in product.inner_text() for product in products) >= 3
