#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # A machine with no secret key is somebody's own machine: commands work there without any setting.
    # portal/wsgi.py assumes nothing, so a server with a missing key refuses to start.
    if not os.environ.get("DJANGO_SECRET_KEY"):
        os.environ.setdefault("DJANGO_DEBUG", "1")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings module first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
