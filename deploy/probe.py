"""Ask the site in this container whether it lives: exit status 0 if it answers 200. For HEALTHCHECK, without curl in the image."""

import os
import sys
from http.client import HTTPConnection, HTTPException

path = sys.argv[1] if len(sys.argv) > 1 else "/livez"
# A name the site answers to: any other is refused before the page is reached.
host = os.environ.get("DJANGO_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".") or "localhost"
connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    connection.request("GET", path, headers={"Host": host.replace("*", "localhost")})
    sys.exit(connection.getresponse().status != 200)
except (OSError, HTTPException):
    sys.exit(1)
