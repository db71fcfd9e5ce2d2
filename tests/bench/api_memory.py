"""Whether a list of the API stays constant in memory however long it is: pages all over two million figures, and RSS.

    DATABASE_URL=… python -m tests.bench.api_memory [figures]

Fills the database (one that ``corpus`` has filled) up to that many figures, 2,000,000 unless told: the figures of its
cases over again. Then asks for pages of ``/api/v1/figures/`` from the first to the last and prints the memory of the
process, in MB, with the time of the processor for the slowest page.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

PAGE_SIZE, PAGES, WARM = 100, 200, 60
BATCH = 20_000


def fill(size: int) -> int:
    """Add figures to the public cases, in turn, until there are ``size``; their number."""
    from cases.models import Case, KeyFigure  # noqa: PLC0415

    real = list(KeyFigure.objects.exclude(base_unit="")[:1000])
    cases = list(Case.objects.published().values_list("pk", flat=True))
    missing = size - KeyFigure.objects.count()

    def made() -> Iterator[KeyFigure]:
        names = ("label", "value", "number", "unit", "kind", "bound", "base_unit", "amount", "as_of", "as_of_date")
        for n in range(missing):
            told = real[n % len(real)]
            order = 10_000 + n // len(cases)
            yield KeyFigure(case_id=cases[n % len(cases)], order=order, **{name: getattr(told, name) for name in names})

    rows = made()
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        KeyFigure.objects.bulk_create(batch, batch_size=2000)
    return KeyFigure.objects.count()


def memory() -> float:
    """The resident memory of this process, in MB."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    import django  # noqa: PLC0415 -- DATABASE_URL is read when settings load

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.MIDDLEWARE = []  # nothing kept: each page is made
    settings.DEBUG = False  # which keeps every query
    count = fill(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
    client, told, slowest = Client(), [], 0.0
    last = client.get(f"/api/v1/figures/?page_size={PAGE_SIZE}").json()["count"] // PAGE_SIZE
    for n in range(PAGES):
        page, start = 1 + n * (last - 1) // (PAGES - 1), time.process_time()
        assert client.get(f"/api/v1/figures/?page_size={PAGE_SIZE}&page={page}").status_code == 200
        slowest = max(slowest, time.process_time() - start)
        told.append(memory())
    steady = told[WARM:]
    print(f"{count} figures, {PAGES} pages of {PAGE_SIZE} from first to last")
    print(f"RSS after {WARM} pages {steady[0]:.1f} MB, at most {max(steady):.1f} MB, at the end {steady[-1]:.1f} MB")
    print(f"slowest page {slowest:.2f} s of our processor")


if __name__ == "__main__":
    main()
