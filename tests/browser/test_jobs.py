"""What readers come for, counted in clicks."""

import csv
from io import StringIO


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
