"""Starts processes of the portal quickly: loads it once, then forks. Driven by lines of JSON; see ``site.py``.

Each child leads a process group of its own, so that all of it can be killed at once.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from portal.wsgi import application


def serve(port: int) -> None:
    """One gunicorn master with one worker, as ``make run`` starts them."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 -- only in the child

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {"bind": f"127.0.0.1:{port}", "workers": 1, "threads": 2, "control_socket_disable": True}
            for name, value in (settings | {"loglevel": "critical"}).items():
                self.cfg.set(name, value)

        def load(self):
            return application

    Server().run()


def manage(*arguments: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415 -- only in the child

    call_command(*arguments)


def call(name: str, *arguments) -> None:
    """A function of ``states.py``; its answer goes to standard output as JSON."""
    from tests.robustness import states  # noqa: PLC0415 -- only in the child

    print(json.dumps(getattr(states, name)(*arguments)), flush=True)  # noqa: T201 -- read by site.py


def born(work, arguments: list, out: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    code = 1
    try:
        work(*arguments)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException as error:
        print(repr(error), flush=True)  # noqa: T201 -- read by site.py
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "wait":
            _, status = os.waitpid(order["pid"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            work = {"serve": serve, "manage": manage, "call": call}[order["do"]]
            answer = {"pid": born(work, order["arguments"], order["out"])}
        sys.__stdout__.write(json.dumps(answer) + "\n")
        sys.__stdout__.flush()


if __name__ == "__main__":
    main()
