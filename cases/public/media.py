"""Pictures from storage: only pictures, named as what they are, to be kept by the browser for good."""

import re
from pathlib import Path

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from cases.models.stored_files import media_folder

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
}
BY_CONTENT = re.compile(r"cases/\d{4}/[0-9a-f]{32}-[0-9a-f]{12}(-\d{1,4})?\.\w+")
YEAR = 31_536_000


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """The stored file ``name``; 404 for folders, for other kinds of files, for links that lead out."""
    content_type = CONTENT_TYPES.get(name.rpartition(".")[2].lower())
    if content_type is None or len(name) > 200 or "\0" in name:
        raise Http404
    response = _from_folder(request, name, root.resolve()) if (root := media_folder()) else _from_storage(name)
    if response.status_code == 200:
        response.headers["Content-Type"] = content_type
    # Names by content never mean anything else.
    age = f"max-age={YEAR}, immutable" if BY_CONTENT.fullmatch(name) else "max-age=3600"
    response.headers["Cache-Control"] = f"public, {age}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Already compressed: says to GZipMiddleware that there is nothing left to do.
    response.headers["Content-Encoding"] = "identity"
    return response


def _from_folder(request: HttpRequest, name: str, root: Path) -> HttpResponseBase:
    if not (root / name).resolve().is_relative_to(root):
        raise Http404
    return serve(request, name, document_root=root)


def _from_storage(name: str) -> HttpResponseBase:
    """Through the site rather than from the storage's own address: same checks, same headers, no public bucket."""
    try:
        return FileResponse(default_storage.open(name))
    except (FileNotFoundError, SuspiciousOperation) as error:
        raise Http404 from error
