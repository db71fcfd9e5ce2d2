"""Taking away, in a real browser: each format from a case, a list and a book; references with one touch; paper."""

import re
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread

import pytest
from pypdf import PdfReader

from tests.browser.asking import fetched

FORMATS = {
    "PDF": b"%PDF-",
    "手机版": b"%PDF-",
    "Word": b"PK",
    "EPUB 电子书": b"PK",
    "Excel": b"PK",
    "案例 CSV": "\ufeff编号".encode(),
    "关键数据 CSV": "\ufeff案例编号".encode(),
    "数据包": b"PK",
    "BibTeX": b"@incollection{",
    "RIS": b"TY  - CHAP",
    "CSL-JSON": b"[",
}


def opened(page, name: str) -> None:
    page.locator(".tool summary", has_text=re.compile(f"^{name}$")).click()


@pytest.mark.parametrize("path", ["/cases/sz2020-0404/", "/cases/?need=no-collateral", "/collections/sz2020/"])
def test_each_format_comes_from_a_case_a_list_and_a_book(page, site, path):
    page.goto(f"{site}{path}")
    for name, beginning in FORMATS.items():
        address = page.locator(".tool a", has_text=re.compile(f"^{name}$")).get_attribute("href")
        answer = fetched(page, site, address)
        assert answer.status == 200, (name, answer.status)
        assert answer.body().startswith(beginning), name


def test_a_book_downloads_by_itself_when_it_is_done(page, site):
    page.goto(f"{site}/collections/sz2020/")
    opened(page, "下载")
    with page.expect_download() as download:
        page.get_by_role("link", name="EPUB 电子书").click()
    with zipfile.ZipFile(download.value.path()) as book:
        assert len([name for name in book.namelist() if name.startswith("OEBPS/case-")]) == 65


def test_references_are_copied_with_one_touch(chromium, site):
    context = chromium.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/cases/sz2020-0404/")
    opened(page, "引用")
    page.locator("[data-copy='cite-gbt2025']").click()
    page.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#cite-gbt2025").inner_text()
    assert re.search(r"\[M/OL\]//.+深圳：深圳市银行业协会，2020\. http", copied)
    page.goto(f"{site}/cases/?need=no-collateral")
    opened(page, "引用")
    page.get_by_role("link", name="GB/T 7714—2025").click()
    page.get_by_text("已复制").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert f"{len(lines)} 篇案例" == page.locator("#count").inner_text()
    context.close()


def test_without_javascript_references_are_there_to_be_read(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/cases/sz2020-0404/")
    opened(page, "引用")
    assert page.locator("#cite-gbt2025").is_visible()
    assert not page.locator("[data-copy='cite-gbt2025']").is_visible()
    page.goto(f"{site}/cases/?need=no-collateral")
    opened(page, "引用")
    page.get_by_role("link", name="APA 7").click()
    assert "In 2019-2020 深圳银行业社会责任优秀案例集" in page.locator("body").inner_text()
    context.close()


def test_a_case_prints_on_two_pages_with_its_address(page, site):
    page.goto(f"{site}/cases/sz2020-0404/")
    reader = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    words = "".join("".join(sheet.extract_text().split()) for sheet in reader.pages)
    assert len(reader.pages) == 2
    assert "/cases/sz2020-0404/" in words
    assert "1/2" in words
    assert "筛选" not in words


def test_title_and_heading_follow_the_conditions(page, site):
    page.goto(f"{site}/cases/")
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    page.wait_for_url("**/cases/?need=no-collateral")
    page.locator("h1", has_text="缺抵押缺担保").wait_for()
    assert page.title() == "缺抵押缺担保 · 普惠金融案例库"


def test_a_card_stands_in_the_frame_of_another_site(page, site, tmp_path):
    frame = f'<!doctype html><iframe src="{site}/embed/sz2020-0101/" width="560" height="400"></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    (tmp_path / "favicon.ico").touch()
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), handler
    ) as member:  # a real one: Chromium keeps pages made up from hosts at home
        Thread(target=member.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{member.server_port}/")
        card = page.frame_locator("iframe")
        card.locator("h1", has_text="690 万元").wait_for()
        assert card.locator("html").evaluate("page => page.scrollHeight <= 400")
        member.shutdown()
