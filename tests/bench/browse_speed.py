"""How long the pages without a search take as the number of cases grows, and how much longer than at the first size.

    python -m tests.bench.browse_speed --sizes 1000,10000,100000 --engines sqlite,postgresql

Each size has a database of its own, made by ``corpus`` and dropped; ``--at URL`` (several) measures one that ``corpus``
has filled before. Times are of the processor, ours and the database's, in ms, of whole responses; every page is asked
for ``ROUNDS`` times, and the fastest counts. The pages of the desk are seen by a superuser made for it and taken away.
"""

import secrets
from functools import partial

from tests.bench.databases import by_size
from tests.bench.search_speed import timed, told

ROUNDS = 4
PAGES = {
    "home": "/",
    "list": "/cases/",
    "list, page 40": "/cases/?page=40",
    "list, last page": "/cases/?page={last}",
    "list, filtered": "/cases/?category=small-business&need=no-collateral",
    "list, filtered, by title": "/cases/?need=no-collateral&sort=title",
    "list, nothing common": "/cases/?category=green&need=no-collateral&type=trust&year=2023",
    "categories": "/categories/",
    "category": "/categories/anti-epidemic/",
    "collections": "/collections/",
    "collection (the largest)": "/collections/sz2020/",
    "institutions": "/institutions/",
    "institution (the largest)": "/institutions/{institution}/",
    "case": "/cases/{code}/",
    "case, first of its chapter": "/cases/sz2020-0101/",
    "finder": "/find/?audience=small-business",
    "about": "/about/",
    "sitemap index": "/sitemap.xml",
    "sitemap section": "/sitemap-cases.xml",
    "sitemap section, last": "/sitemap-cases.xml?p={section}",
    "sitemap institutions": "/sitemap-institutions.xml",
    "Atom feed": "/feeds/cases.atom",
    "Atom feed, filtered": "/feeds/cases.atom?need=no-collateral",
    "API cases": "/api/v1/cases/",
    "API cases, filtered": "/api/v1/cases/?need=no-collateral&page_size=100",
    "API terms": "/api/v1/terms/",
    "API institutions": "/api/v1/institutions/",
    "API figures": "/api/v1/figures/",
    "desk": "/admin/",
    "desk, cases": "/admin/cases/case/",
    "desk, cases, page 15": "/admin/cases/case/?p=15",
    "desk, drafts": "/admin/cases/case/?status__exact=draft",
    "desk, institutions": "/admin/cases/institution/",
}


def addresses() -> dict[str, str]:
    """The pages of this database: the institution with most cases, a case in the middle, the last pages."""
    from django.db.models import Count  # noqa: PLC0415

    from cases.models import Case  # noqa: PLC0415
    from cases.public.sitemaps import CaseSitemap  # noqa: PLC0415

    cases = Case.objects.published()
    count = cases.count()
    largest = cases.order_by().values_list("institution__slug").annotate(n=Count("pk")).order_by("-n", "institution")
    chapter = cases.filter(collection__slug="sz2020", category__slug="anti-epidemic").order_by("order", "code")
    places = {
        "last": -(-count // 20),
        "section": -(-count // CaseSitemap.limit),
        "institution": largest[0][0],
        "code": chapter.values_list("code", flat=True)[chapter.count() // 2],
    }
    return {name: path.format(**places) for name, path in PAGES.items()}


def measure(size: int) -> dict[str, float]:
    """Milliseconds by page, on the database in use, filled up to ``size`` cases where it is not."""
    import django  # noqa: PLC0415 -- only the worker has a database

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from tests.bench.corpus import build  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if size:
        call_command("seed", verbosity=0)
        build(size)
        call_command("reindex", verbosity=0)
    client = Client(headers={"host": "127.0.0.1"})
    user = get_user_model().objects.create_superuser(f"browse-speed-{secrets.token_hex(4)}")
    try:
        client.force_login(user)
        return {name: _taken(client, path) for name, path in addresses().items()}
    finally:
        user.delete()


def _taken(client, path: str) -> float:
    status = client.get(path).status_code
    if status != 200:
        raise SystemExit(f"{path}: {status}")
    return min(timed(partial(client.get, path)) for _ in range(ROUNDS))


def report(results: dict[str, dict[str, dict[str, float]]]) -> None:
    """Markdown tables: engine -> size -> page -> ms."""
    for engine, sizes in results.items():
        answers = list(sizes.values())
        print(f"\n| {engine}: processor ms | {' | '.join(sizes)} | times |\n| --- |{' --- |' * (len(sizes) + 1)}")
        for page in PAGES:
            _row(page, [answer[page] for answer in answers])
        _row("**p95 of all**", [told(list(answer.values()))[1] for answer in answers])


def _row(label: str, times: list[float]) -> None:
    print(f"| {label} | {' | '.join(f'{time:.1f}' for time in times)} | {times[-1] / times[0]:.1f} |")


if __name__ == "__main__":
    by_size("tests.bench.browse_speed", measure, report)
