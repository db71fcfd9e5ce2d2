"""Measures them side by side and writes docs/anchors.md.

    python -m tests.bench.anchors --sizes 96,10000

Needs a package registry once, for an environment of its own below var/. Every server runs alone, one process, and is asked
on one connection: processor time is of the server's processes, so a busy machine hardly changes it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from tests.bench.anchors.servers import Cost, measure, running

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
PORTAL, DATASETTE, WAGTAIL, EMPTY = range(8931, 8935)
WAITRESS = ["--threads=4", "--no-expose-tracebacks", "--ident="]
GREEN, NEED, WORDS = "绿色金融", "长期资金不足", "没有抵押"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="96,10000")
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    anchors = environment(ROOT / "var" / "anchors")
    lines = []
    for size in (int(size) for size in options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="portal-anchors-") as name:
            lines += table(size, compare(size, Path(name), anchors, options.rounds))
    text = "\n".join([HERE.joinpath("head.md").read_text(encoding="utf-8").rstrip(), "", *lines, ""])
    (ROOT / "docs" / "anchors.md").write_text(text, encoding="utf-8")
    print("\n".join(lines))


def environment(folder: Path) -> Path:
    """The programs we are measured against, in an environment of their own; returns its folder of commands."""
    wanted, done = HERE / "requirements.txt", folder / "requirements.txt"
    if not done.exists() or done.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "-r", wanted], check=True)
        shutil.copy(wanted, done)
    return folder / "bin"


def compare(size: int, folder: Path, anchors: Path, rounds: int) -> dict[str, dict[str, Cost]]:
    """Page -> who -> cost. Rows of memory and start-up have only ``processor`` (MB, s)."""
    ours = {"PORTAL_VAR_DIR": str(folder), "DJANGO_SECRET_KEY": "bench-" * 10, "DJANGO_HTTPS": "0", "REDIS_URL": "",
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "DJANGO_DEBUG": "0", "PORTAL_API_RATE": "1000000/min"}  # fmt: skip
    script = (
        "import django; django.setup()\n"
        "from pathlib import Path\n"
        "from django.core.management import call_command\n"
        "from tests.bench import corpus\n"
        "from tests.bench.anchors.content import write_rows\n"
        f"call_command('migrate', verbosity=0); call_command('seed', verbosity=0)\n"
        f"{size} > 96 and corpus.build({size})\n"
        "call_command('reindex', verbosity=0); call_command('collectstatic', interactive=False, verbosity=0)\n"
        f"write_rows(Path({str(folder / 'rows.jsonl')!r}))\n"
    )
    run = {"check": True, "stdout": subprocess.DEVNULL}
    settings = {**os.environ, **ours, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=settings, **run)
    subprocess.run(
        [anchors / "python", HERE / "content.py", folder / "rows.jsonl", folder / "datasette.sqlite3"],
        cwd=folder,
        **run,
    )
    wagtail = {"ANCHOR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(folder / "site")}
    shutil.copytree(HERE / "wagtail_site", folder / "site")
    load = [anchors / "python", folder / "site" / "load.py", folder / "rows.jsonl"]
    subprocess.run(load, cwd=folder / "site", env={**os.environ, **wagtail}, **run)
    found: dict[str, dict[str, Cost]] = {}
    query = quote(WORDS)
    portal_pages = {
        "home": ["/"],
        "case": ["/cases/sz2020-0304/", "/cases/sz2020-0803/", "/cases/zj2024-0201/", "/cases/ccb2021-0101/"],
        "list, two facets": ["/cases/?category=green&sort=code", "/cases/?need=no-collateral&category=small-business"],
        "search with facets": [f"/cases/?q={query}", f"/cases/?q={quote('知识产权质押')}"],
        "API, 20 cases": ["/api/v1/cases/?page_size=20"],
        "feed": ["/feeds/cases.atom"],
    }
    waitress = str(Path(sys.executable).parent / "waitress-serve")
    for label, switch in (("portal, cold", "0"), ("portal, warm", "1")):
        command = [waitress, f"--listen=127.0.0.1:{PORTAL}", *WAITRESS, "portal.wsgi:application"]
        with running(command, PORTAL, folder=ROOT, probe="/healthz", **ours, PORTAL_PAGE_CACHE=switch) as server:
            for page, paths in portal_pages.items():
                found.setdefault(page, {})[label] = measure(server, paths, rounds=rounds)
            if switch == "1":
                names = (folder / "static" / "public").glob("tokens.*.css")
                path = f"/static/public/{next(iter(names)).name}"
                found.setdefault("static file", {})[label] = measure(server, [path], rounds=rounds * 20)
                for page, paths in portal_pages.items():  # enough of them for the clock of the processor
                    found[page][label] = measure(server, paths, rounds=rounds * 10)
            add_size(found, label, server)
    datasette_pages = {
        "home": ["/"],
        "case": ["/datasette/cases/sz2020-0304", "/datasette/cases/sz2020-0803"],
        "list, two facets": [f"/datasette/cases?_facet=institution&_facet=category&category={quote(GREEN)}"],
        "search with facets": [f"/datasette/cases?_search={quote('抵押物')}&_facet=institution&_facet=category"],
        "API, 20 cases": ["/datasette/cases.json?_size=20&_shape=objects"],
    }
    command = [str(anchors / "datasette"), str(folder / "datasette.sqlite3"), "-p", str(DATASETTE)]
    with running(command, DATASETTE, folder=folder, probe="/-/versions.json") as server:
        measure_all(found, "Datasette", server, datasette_pages, rounds)
    wagtail_pages = {
        "case": ["/sz2020-0304/", "/sz2020-0803/", "/zj2024-0201/", "/ccb2021-0101/"],
        "list, two facets": [f"/cases/?category={quote(GREEN)}", f"/cases/?category={quote(GREEN)}&need={quote(NEED)}"],
        "search with facets": [f"/cases/?q={query}", f"/cases/?q={quote('知识产权质押')}"],
        "API, 20 cases": [
            "/api/v2/pages/?type=book.CasePage&fields=code,summary,year,institution,category,terms&limit=20"
        ],
    }
    command = [str(anchors / "waitress-serve"), f"--listen=127.0.0.1:{WAGTAIL}", *WAITRESS, "urls:application"]
    with running(command, WAGTAIL, folder=folder / "site", probe="/sz2020-0304/", **wagtail) as server:
        measure_all(found, "Wagtail", server, wagtail_pages, rounds)
    command = [waitress, f"--listen=127.0.0.1:{EMPTY}", *WAITRESS, "tests.bench.anchors.empty:application"]
    with running(command, EMPTY, folder=ROOT, probe="/") as server:
        measure_all(found, "portal, warm", server, {"empty WSGI answer": ["/"]}, rounds * 20, size=False)
    return found


def measure_all(
    found: dict, label: str, server, pages: dict[str, list[str]], rounds: int, *, size: bool = True
) -> None:
    for page, paths in pages.items():
        found.setdefault(page, {})[label] = measure(server, paths, rounds=rounds)
    if size:
        add_size(found, label, server)


def add_size(found: dict, label: str, server) -> None:
    found.setdefault("memory, MB", {})[label] = Cost(server.memory() / 1e6, 0, 0, 0, 0)
    found.setdefault("start-up, s of processor", {})[label] = Cost(server.start, 0, 0, 0, 0)


def table(size: int, found: dict[str, dict[str, Cost]]) -> list[str]:
    who = ("portal, warm", "portal, cold", "Datasette", "Wagtail")
    lines = [f"## {size:,} cases", "", "Processor time a request in ms (p50 / p95 by the clock; kB sent).", ""]
    lines += [f"| | {' | '.join(who)} |", "| --- |" + " --- |" * len(who)]
    for page, costs in found.items():
        cells = [cell(costs.get(name)) for name in who]
        lines.append(f"| {page} | {' | '.join(cells)} |")
    return [*lines, ""]


def cell(cost: Cost | None) -> str:
    if cost is None:
        return ""
    if not cost.length:
        return f"{cost.processor:.1f}"
    return f"**{cost.processor:.2f}** ({cost.p50:.1f} / {cost.p95:.1f}; {cost.length / 1000:.1f} kB)"


if __name__ == "__main__":
    main()
