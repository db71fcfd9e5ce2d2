"""What may stand in a frame of any site: pages that run nothing and load nothing but their style."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


def may_be_framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose page other sites may frame, and search engines do not list."""

    @wraps(view)
    def framed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        response["X-Robots-Tag"] = "noindex"
        return response

    return xframe_options_exempt(framed)
