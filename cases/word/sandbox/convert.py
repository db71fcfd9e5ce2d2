"""Files of other writing programs made a .docx by LibreOffice, where it is installed: never by this process itself.

What LibreOffice makes of a file is read like any stranger's file, in the guarded reader. It runs with limits on processor
time and memory, in a process group that is killed as a whole, with a profile of its own: no macros, no linked files.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

WALL_SECONDS = 120  # a last resort; the processor's time is what counts (limited.py)
ROOT = Path(__file__).resolve().parents[3]
# What it may be asked for, by the code with which the reader refuses it: the ending it is given.
# No PDF, which is read by ourselves (cases.word.pdf): here the pieces of its lines come out of order.
KINDS = {"doc": "doc", "wps": "doc", "odt": "odt", "rtf": "rtf", "word-xml": "xml"}  # WPS writes .wps as .doc
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
oor:op="fuse"><value>true</value></prop><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop><prop oor:name="ooInetHTTPProxyPort"
oor:op="fuse"><value>9</value></prop><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""


@contextmanager
def converted(file: BinaryIO, code: str, program: str) -> Iterator[BinaryIO | None]:
    """Give the .docx that ``program`` makes of ``file``, open for reading; None where it makes none. Gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="word-", ignore_cleanup_errors=True) as folder:
        source, made, user = (
            Path(folder, f"in.{KINDS[code]}"),
            Path(folder, "out", "in.docx"),
            Path(folder, "profile", "user"),
        )
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
        file.seek(0)
        with source.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore"]
        _run([*command, "--convert-to", "docx", "--outdir", str(made.parent), str(source)], folder)
        if made.is_symlink() or not made.is_file():
            yield None
            return
        with made.open("rb") as result:
            yield result


def _run(command: list[str], folder: str) -> None:
    """Run ``command`` within its limits and end all it started, whatever becomes of it."""
    environment = {
        "HOME": folder,
        "TMPDIR": folder,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    child = subprocess.Popen(  # noqa: S603 -- a program the settings name; the file's own name is not in it
        [sys.executable, "-m", "cases.word.sandbox.limited", str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            child.wait(WALL_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
