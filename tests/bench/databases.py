"""Databases that a measurement makes for itself and takes away again; its own process for each."""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SERVER = os.environ.get("BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
ENGINES = ("sqlite", "postgresql")


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The address of an empty database of ``engine``, gone at the end."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    name = f"portal_bench_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield SERVER.rsplit("/", 1)[0] + f"/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def reachable(engine: str) -> bool:
    """Whether ``engine`` can be measured here; says so where it cannot."""
    if engine == "sqlite":
        return True
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        print(f"{engine}: no server at {SERVER} (BENCH_POSTGRES), left out", file=sys.stderr)
        return False
    return True


def processor_time() -> float:
    """Seconds of processor that this process has used, with its PostgreSQL backend where that runs on this machine.

    A busy machine stretches every time by the clock, and this one hardly.
    """
    from django.db import connection  # noqa: PLC0415 -- only the worker has a database

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return own + int(schedule.read_text().split()[0]) / 1e9


def in_process(module: str, url: str, *arguments: str) -> dict:
    """What ``python -m module`` prints as its last line, JSON, with ``url`` as its database."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": ""}
    command = [sys.executable, "-m", module, "--worker", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def put(text: str, bench: str, path: Path) -> None:
    """Write what a bench says into a document, between its marks."""
    begin, end = f"<!-- made by tests.bench.{bench} -->", f"<!-- end of {bench} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def by_size(module: str, measure: Callable[[int], dict], report: Callable[[dict[str, dict[str, dict]]], None]) -> None:
    """The command line of a bench: ``measure`` every size on every engine in a process of its own, then ``report``
    engine -> size (or name of a database given) -> answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--worker", action="store_true")
    parser.add_argument("--at", action="append", default=[], help="a database that tests.bench.corpus has filled")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",") if size]
    if options.worker:
        print(json.dumps(measure(sizes[0])))
        return
    results: dict[str, dict[str, dict]] = defaultdict(dict)
    for engine in filter(reachable, options.engines.split(",") if sizes else ()):
        for size in sizes:
            with database(engine) as url:
                results[engine][f"{size:,}"] = in_process(module, url, "--sizes", str(size))
            print(f"{engine} {size:,}: done", file=sys.stderr)
    for url in options.at:
        results[url.split(":")[0]][url.rsplit("/", 1)[1]] = in_process(module, url, "--sizes", "0")
    report(results)
