"""Pictures for the documents (``make screens``): the desk and the main public pages, on data made for them, as WebP.

Takes the folder to write to. Everything else, database included, is made in a folder that is thrown away.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Page, sync_playwright

PASSWORD = secrets.token_urlsafe(12)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# name -> (who looks: a group or nobody, address, what is brought into sight, width, height)
SCREENS = {
    "desk-first-page": ("审核", "/admin/", "", 1280, 720),
    "desk-list": ("编辑", "/admin/cases/case/?q=sz2026", "", 1280, 640),
    "desk-form": ("编辑", "/admin/cases/case/{draft}/change/", "", 1440, 860),
    "desk-tags": ("编辑", "/admin/cases/case/{draft}/change/", ".field-terms", 1440, 660),
    "desk-figures": ("编辑", "/admin/cases/case/{draft}/change/", "#figures-group", 1440, 520),
    "desk-import": ("编辑", "/admin/cases/case/import/", "", 1280, 720),
    "desk-review": ("审核", "/admin/cases/case/{waiting}/step/publish/", "", 1280, 620),
    "desk-arrange": ("审核", "/admin/cases/collection/{book}/arrange/", "", 1280, 760),
    "desk-start": ("管理员", "/admin/cases/collection/{book}/start/", "", 1280, 700),
    "desk-account": ("管理员", "/admin/auth/user/add/", "", 1280, 760),
    "desk-sheet": ("编辑", "/admin/cases/case/sheet/", "", 1280, 760),
    "home": ("", "/", "", 1280, 800),
    "home-phone": ("", "/", "", 390, 800),
    "cases": ("", "/cases/?q=没有抵押怎么贷款", "", 1280, 800),
    "case": ("", "/cases/sz2020-0101/", "", 1280, 800),
    "case-phone": ("", "/cases/sz2020-0101/", "", 390, 800),
}

# Ten public pages, each at three widths in three modes: <name>-<width>-<mode>.webp in the folder pages/.
PAGES = {
    "home": "/",
    "cases": "/cases/",
    "search": "/cases/?q=没有抵押怎么贷款",
    "chapter": "/categories/green/",
    "case": "/cases/sz2020-0304/",
    "case-timeline": "/cases/sz2020-0605/",
    "figures": "/figures/",
    "collection": "/collections/sz2020/",
    "institution": "/institutions/abc-shenzhen/",
    "compare": "/compare/?case=sz2020-0901&case=sz2020-0902",
}
WIDTHS = {360: 740, 768: 900, 1440: 900}  # and heights
MODES = {"light": ("light", ""), "dark": ("dark", ""), "elder": ("light", "elder")}
WIDEST = 720  # pixels of a picture of a page


def fill() -> dict[str, int]:
    """Load the collections, open accounts and put a year's collection in work; return the keys that addresses name."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.utils import timezone

    from cases.editing.collections import start_collection
    from cases.models import Case, Collection

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    names = {"编辑": "林小雨", "审核": "陈国强", "管理员": "王敏"}
    people = {}
    for number, (group, name) in enumerate(names.items()):
        people[group] = get_user_model().objects.create_user(
            f"user{number}", password=PASSWORD, is_staff=True, last_name=name
        )
        people[group].groups.add(Group.objects.get(name=group))
    old = Collection.objects.get(slug="sz2020")
    fields = {"slug": "sz2026", "title": "深圳银行业普惠金融优秀案例集（2026）", "year": 2026, "period": "2025-2026 年"}
    book = start_collection(source=old, user=people["管理员"], **fields)
    now, found = timezone.now(), {"book": book.pk}
    for place, case in enumerate(list(Case.objects.filter(collection=old).order_by("code"))[:24]):
        terms, figures = list(case.terms.all()), list(case.figures.all()[:6])
        status = ("draft", "in-review", "published", "draft")[place % 4]
        case.pk, case.code, case.collection, case.status = None, case.code.replace("sz2020", "sz2026"), book, status
        case.editor, case.published_at = people["编辑"], now if status == "published" else None
        case.submitted_at = now - timedelta(days=place) if status == "in-review" else None
        if place == 3:
            case.returned_at, case.review_comment = now - timedelta(days=2), "背景里写明是哪一年；数据注明截至哪天。"
        case.save()
        case.terms.set(terms[:1] if status == "draft" else terms)
        for figure in figures:
            figure.pk, figure.case = None, case
            figure.save()
        found |= {"draft": case.pk} if place == 0 else {"waiting": case.pk} if place == 1 else {}
    call_command("reindex", verbosity=0)
    return found


def log_in(page: Page, site: str, group: str) -> None:
    page.goto(f"{site}/admin/")
    page.fill("#id_username", f"user{('编辑', '审核', '管理员').index(group)}")
    page.fill("#id_password", PASSWORD)
    page.locator("#login-form [type=submit]").click()


def shoot(site: str, keys: dict[str, int], folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for group in ("", "编辑", "审核", "管理员"):
            page = browser.new_page(locale="zh-CN")
            if group:
                log_in(page, site, group)
            for name, (who, address, sight, width, height) in SCREENS.items():
                if who != group:
                    continue
                page.set_viewport_size({"width": width, "height": height})
                answer = page.goto(site + address.format(**keys))
                if answer is None or answer.status != 200 or answer.request.redirected_from:
                    raise SystemExit(f"{name}: {address} answers {answer and answer.status} at {page.url}")
                if sight:
                    page.locator(sight).first.evaluate("found => found.scrollIntoView({behavior: 'instant'})")
                page.wait_for_timeout(1200)  # the page beside the text is rendered by the server
                Image.open(BytesIO(page.screenshot())).save(folder / f"{name}.webp", quality=72, method=6)
                print(name)
            page.context.close()
        browser.close()


def shoot_pages(site: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for mode, (scheme, reading) in MODES.items():
            context = browser.new_context(locale="zh-CN", color_scheme=scheme)
            if reading:
                context.add_cookies([{"name": "reading", "value": reading, "url": site}])
            page = context.new_page()
            for name, address in PAGES.items():
                page.goto(site + address)
                for width, height in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    picture = Image.open(BytesIO(page.screenshot()))
                    picture.thumbnail((WIDEST, WIDEST * 2))
                    picture.save(folder / f"{name}-{width}-{mode}.webp", quality=60, method=6)
            context.close()
        browser.close()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, socket.socket() as free:
        settings = {
            "PORTAL_VAR_DIR": var,
            "DJANGO_DEBUG": "1",
            "DJANGO_HTTPS": "0",
            "DATABASE_URL": f"sqlite:///{var}/db",
        }
        os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1", **settings}
        django.setup()
        keys = fill()
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        site = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"])
        try:
            for _ in range(60):
                try:
                    urllib.request.urlopen(f"{site}/healthz")
                    break
                except urllib.error.URLError:
                    time.sleep(0.5)
            shoot(site, keys, folder)
            shoot_pages(site, folder / "pages")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
