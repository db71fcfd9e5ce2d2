"""What readers come for, counted in clicks."""

import csv
from io import BytesIO, StringIO

from docx import Document


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
    answer = page.request.get(f"{site}{address}")
    for _ in range(200):
        if answer.status != 202:
            break
        page.wait_for_timeout(200)
        answer = page.request.get(answer.url)
    words = "".join(
        item.text or "" for item in Document(BytesIO(answer.body())).element.body.iter() if item.tag.endswith("}t")
    )
    assert all("".join(title.split()) in "".join(words.split()) for title in titles)
