"""Starts a server, asks it for pages, and counts the processor time and memory it used."""

import http.client
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST, READY_SECONDS = "127.0.0.1", 120
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: its processes are ``pid`` and what it started; ``start`` is the processor time it took to begin."""

    pid: int
    port: int
    start: float

    def processor(self) -> float:
        """Seconds of processor used so far, by all its processes."""
        return sum(_times(pid) for pid in _family(self.pid))

    def memory(self) -> int:
        """Bytes it has for itself (PSS), all its processes together."""
        return sum(_memory(pid) for pid in _family(self.pid))


@dataclass(frozen=True)
class Cost:
    """Of one request: processor time in ms, times by the clock in ms, bytes of the body as sent."""

    processor: float
    p50: float
    p95: float
    rate: float
    length: int


@contextmanager
def running(command: list[str], port: int, *, folder: Path, probe: str, **environment: str) -> Iterator[Server]:
    """The server that ``command`` starts, once it answers ``probe``; gone at the end."""
    with tempfile.NamedTemporaryFile(prefix=f"server-{port}-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                ask(port, probe)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{command[0]} did not start: {log.name}") from None
                time.sleep(0.2)
        yield Server(process.pid, port, sum(_times(pid) for pid in _family(process.pid)))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(
    port: int, path: str, connection: http.client.HTTPConnection | None = None, **headers: str
) -> tuple[int, bytes]:
    own = connection or http.client.HTTPConnection(HOST, port, timeout=120)
    own.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
    answer = own.getresponse()
    body = answer.read()
    if connection is None:
        own.close()
    return answer.status, body


def measure(server: Server, paths: list[str], *, rounds: int) -> Cost:
    """The cost of one request, over ``rounds`` times all ``paths`` on one connection, after one round unmeasured."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=120)
    lengths = []
    for path in paths:
        status, body = ask(server.port, path, connection)
        if status != 200:
            raise SystemExit(f"{path}: {status}")
        lengths.append(len(body))
    before, times = server.processor(), []
    for _ in range(rounds):
        for path in paths:
            start = time.perf_counter()
            ask(server.port, path, connection)
            times.append((time.perf_counter() - start) * 1000)
    used = server.processor() - before
    connection.close()
    count = len(times)
    return Cost(
        processor=used / count * 1000,
        p50=statistics.median(times),
        p95=sorted(times)[int(count * 0.95) - 1],
        rate=1000 / statistics.mean(times),
        length=round(statistics.mean(lengths)),
    )


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in found for one in _family(child))]


def _times(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
