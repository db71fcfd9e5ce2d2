"""gunicorn behind a buffering front (nginx): it meets whole requests only, so a few threads are enough.

Further options, as ``--bind``, come from GUNICORN_CMD_ARGS, the number of processes from WEB_CONCURRENCY.
"""

import os
import tempfile

# Where the processes leave their numbers for /metrics, so that each answers for all: anew at every start.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="portal-metrics-"))

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
# Above the 8,000 bytes the site itself allows, so that its own Chinese page (or problem details) is what one sees.
limit_request_line = 8190
timeout = 120  # a process silent for so long is replaced; the longest page of the desk plans a sheet of 500 cases
graceful_timeout = 30
keepalive = (
    30  # longer than the front's idle connections (nginx: 20 s), so that it is never the site that hangs up first
)
# What a library leaks does not add up for ever. Spread, so that not all processes start at the same time.
max_requests = 20_000
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- a heartbeat, not data; on disk it would block where the disk is slow
control_socket_disable = True


def post_worker_init(worker) -> None:
    """Answer only when warm: what the first reader would wait for is loaded before the process takes a request. Where the
    database is gone it says so and starts all the same; ``/readyz`` tells."""
    from portal.warming import warm_up  # noqa: PLC0415 -- the settings are loaded only now

    worker.log.info("warm: %s", " ".join(warm_up(worker.wsgi)))


def child_exit(server, worker) -> None:
    """Forget what a process that ended says of the present."""
    from prometheus_client import multiprocess  # noqa: PLC0415 -- reads the environment set above

    multiprocess.mark_process_dead(worker.pid)
