"""How long each page takes beside the plainest one, in one run: ratios, since machines are noisy.

``make bench`` loads the collections and ``COPIES`` copies of each case into an in-memory database.
"""

import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

import django

django.setup()

from django.core.management import call_command
from django.test import Client

from cases.models import Case

COPIES = 10
ROUNDS = 9
PATHS = ["/about/", "/", "/cases/", "/cases/?need=no-collateral", "/cases/?q=知识产权质押", "/cases/sz2020-0303/",
         "/categories/green/", "/collections/sz2020/", "/institutions/", "/api/v1/cases/"]  # fmt: skip


def median_ms(client: Client, path: str) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def multiply() -> None:
    """``COPIES`` copies of every case, without figures, with its terms."""
    through = Case.terms.through
    for case in Case.objects.prefetch_related("terms"):
        terms, code = list(case.terms.all()), case.code
        for copy in range(COPIES):
            case.pk, case.code = None, f"{code}{copy + 1:02d}"
            case.save(force_insert=True)
            through.objects.bulk_create(through(case_id=case.pk, term_id=term.pk) for term in terms)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    multiply()
    client = Client(headers={"host": "127.0.0.1"})
    base = median_ms(client, PATHS[0])
    print(f"{Case.objects.count()} cases; median of {ROUNDS}, and times the first")
    for path in PATHS:
        taken = median_ms(client, path)
        print(f"{path:<32} {taken:8.1f} ms {taken / base:6.1f} x")


if __name__ == "__main__":
    main()
