"""The process that becomes LibreOffice: it takes its limits, gives up the network where it may, and then is that program.

Arguments: the process id of the parent, then the command.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys

MB = 1024 * 1024
SECONDS = 60  # of processor time
MEMORY = 4096 * MB  # of addresses, of which LibreOffice reserves far more than it uses
FILE_BYTES = 200 * MB
PR_SET_PDEATHSIG, CLONE_NEWUSER, CLONE_NEWNET = 1, 0x10000000, 0x40000000


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # another system than Linux
        kernel = ctypes.CDLL(None)
        kernel.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # not allowed everywhere; the profile closes the network, too
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 -- no shell, a program the settings name


if __name__ == "__main__":
    main()
