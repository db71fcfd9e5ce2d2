"""How long the list of a search takes, whole page, as the number of cases grows, beside plain engines.

    python -m tests.bench.search_speed --sizes 1000,10000,100000 --engines sqlite,postgresql

Each size has a database of its own, made by ``corpus`` and dropped; ``--at URL`` measures one that ``corpus`` has
filled before. Times are of the processor, ours and the database's, in ms: a clock would measure what else the machine
does. Every page is asked for ``ROUNDS`` times and the fastest counts; median and p95 are over the pages. "First"
forgets ahead of each request what was looked up before, as after a write; "again" does not.
"""

import random
import sqlite3
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path

from tests.bench.databases import by_size, processor_time

ROUNDS = 4
SAVES = 30
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("rare", {"q": "湖山铀矿"}),
    ("rare", {"q": "西湖益联保"}),
    ("rare", {"q": "雷亚尔"}),
    ("common", {"q": "贷款"}),
    ("common", {"q": "企业"}),
    ("common", {"q": "银行"}),
    ("words", {"q": "农行 复工"}),
    ("words", {"q": "知识产权 小微企业 信用"}),
    ("words", {"q": "跨境电商 收款 深圳"}),
    ("phrase", {"q": "“知识产权质押”"}),
    ("phrase", {"q": "“小微企业”"}),
    ("pinyin", {"q": "weizhong"}),
    ("pinyin", {"q": "wzyh"}),
    ("question", {"q": "没有抵押怎么贷款"}),
    ("question", {"q": "疫情期间贷款还不上怎么办"}),
    ("typo", {"q": "知识产全质押"}),
    ("nothing", {"q": "火箭发动机"}),
    ("filters", {"q": "贷款", "category": "small-business", "need": "no-collateral"}),
    ("filters", {"q": "小微", "type": "state", "year": "2020"}),
    ("page 50", {"q": "贷款", "page": "50"}),
    ("newest", {"q": "贷款", "sort": "newest"}),
    ("newest", {"q": "知识产权", "sort": "newest"}),
)
Times = dict[str, list[float]]


def timed(action: Callable[[], object]) -> float:
    """Processor time in ms."""
    start = processor_time()
    action()
    return (processor_time() - start) * 1000


def told(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]


def fastest(actions: list[Callable[[], object]]) -> list[float]:
    return [min(timed(action) for _ in range(ROUNDS)) for action in actions]


def pages() -> dict[str, Times]:
    """Of each kind, times of the pages asked for first, of their lists without template, and of the pages again."""
    from django.test import Client, RequestFactory  # noqa: PLC0415

    from cases.public.listing import build_listing  # noqa: PLC0415
    from cases.search.bitmaps import current  # noqa: PLC0415

    client = Client(headers={"host": "127.0.0.1"})

    def page(data: dict[str, str]) -> None:
        client.get("/cases/", data)

    def first(data: dict[str, str]) -> None:
        current().lookups.clear()
        page(data)

    def listed(data: dict[str, str]) -> None:
        current().lookups.clear()
        list(build_listing(RequestFactory(HTTP_HOST="localhost").get("/cases/", data)).page)

    page({"q": "绿色"})
    kinds = defaultdict(list)
    for kind, data in PAGES:
        kinds[kind].append(data)
    return {
        ask.__name__: {kind: fastest([partial(ask, data) for data in own]) for kind, own in kinds.items()}
        for ask in (first, listed, page)
    }


def saves() -> Times:
    """One case changed and saved: the index part without related cases, and the whole action."""
    from unittest import mock  # noqa: PLC0415

    from cases.editing import edit as actions  # noqa: PLC0415
    from cases.models import Case  # noqa: PLC0415
    from tests.factories import save_case  # noqa: PLC0415

    times: Times = {"index": [], "save_case": []}
    index, rng = actions.index_cases, random.Random(1)

    def measured(keys: list[int], **read: object) -> list:
        written: list = []
        times["index"].append(timed(lambda: written.extend(index(keys, **read))))
        return written

    keys = rng.sample(list(Case.objects.values_list("pk", flat=True)), SAVES + 3)
    with mock.patch.object(actions, "index_cases", measured):
        for key in keys:
            case = Case.objects.get(pk=key)
            case.approach += f"又办成 {rng.randint(100, 999)} 笔。"
            times["save_case"].append(timed(lambda case=case: save_case(case=case, user=None)))
    return {name: values[3:] for name, values in times.items()}


def rival_times(folder: str) -> dict[str, Times]:
    """The same words on plain engines: total and the first twenty. Prefixes of ours are not sent."""
    from tests.bench.rivals import load_totals, totals  # noqa: PLC0415
    from tests.bench.search_quality import documents  # noqa: PLC0415

    plain = sqlite3.connect(Path(folder) / "plain.sqlite3")
    load_totals(plain, documents())
    found: dict[str, Times] = {}
    for name, total in totals(plain).items():
        found[name] = defaultdict(list)
        for kind, data in PAGES:
            found[name][kind] += fastest([partial(total, data["q"].strip("“”"), 20)])
    return found


def measure(size: int) -> dict:
    """Everything, on the database in use, filled up to ``size`` cases where it is not."""
    import django  # noqa: PLC0415 -- only the worker has a database

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.bench.corpus import build  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    indexing = 0.0
    if size:
        call_command("seed", verbosity=0)
        build(size)
        indexing = timed(partial(call_command, "reindex", verbosity=0)) / 1000
    answer = {"indexing": indexing, **pages(), "save": saves()}
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            answer["rivals"] = rival_times(folder)
    return answer


def report(results: dict[str, dict[str, dict]]) -> None:
    """Markdown tables of what was measured: engine -> size -> answer of ``measure``."""
    for engine, sizes in results.items():
        print(f"\n| {engine}: median / p95, processor ms | {' | '.join(sizes)} |")
        print("| --- |" + " --- |" * len(sizes))
        answers = list(sizes.values())
        for kind in dict.fromkeys(kind for kind, _ in PAGES):
            _row(f"{kind}, first", [answer["first"][kind] for answer in answers])
        _row("**every page, first**", [_all(answer["first"]) for answer in answers])
        _row("of it without template", [_all(answer["listed"]) for answer in answers])
        _row("every page, again", [_all(answer["page"]) for answer in answers])
        _row("one case into the index", [answer["save"]["index"] for answer in answers])
        _row("one case saved, whole", [answer["save"]["save_case"] for answer in answers])
        for name in answers[0].get("rivals", ()):
            _row(f"{name}: total and 20", [_all(answer.get("rivals", {}).get(name, {})) for answer in answers])
        print(f"| the whole index made, s | {' | '.join(str(round(answer['indexing'])) for answer in answers)} |")
        p95 = [told(_all(answer["first"]))[1] for answer in answers]
        print(f"\n{engine}: p95 of the largest is {p95[-1] / p95[0]:.1f} x that of the smallest")


def _all(times: Times) -> list[float]:
    return list(chain.from_iterable(times.values()))


def _row(label: str, columns: list[list[float]]) -> None:
    cells = ("{:.1f} / {:.1f}".format(*told(times)) if times else "-" for times in columns)
    print(f"| {label} | {' | '.join(cells)} |")


if __name__ == "__main__":
    by_size("tests.bench.search_speed", measure, report)
