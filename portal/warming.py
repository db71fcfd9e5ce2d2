"""What a process makes once, before it meets readers: dictionaries, bitmaps, templates."""

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote

from django.conf import settings

# What the first readers would wait for: templates, the bitmaps of all cases, the dictionaries of the search.
ASKED = (("/", ""), ("/cases/", ""), ("/cases/", f"q={quote('小微企业 缺抵押')}"))


def warm_up(application: Callable) -> list[str]:
    """Ask ``application`` (WSGI) as a reader would whom no kept page answers; return the statuses."""
    return [_ask(application, path, query) for path, query in ASKED]


def _ask(application: Callable, path: str, query: str) -> str:
    # Hosts may stand as patterns: "*", ".example.org".
    host = next((name.lstrip("*.") for name in settings.ALLOWED_HOSTS), "") or "localhost"
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": host, "SERVER_PORT": "80", "HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=warming", "HTTP_X_FORWARDED_PROTO": "https" if settings.HTTPS else "http",
        "wsgi.url_scheme": "https" if settings.HTTPS else "http", "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), "wsgi.version": (1, 0),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    answer = application(environ, lambda status, headers, error=None: statuses.append(status))
    try:
        for _ in answer:
            pass
    finally:
        answer.close()
    return statuses[0].partition(" ")[0]
