"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

ELDER_COOKIE = "reading"
ELDER_VALUE = "elder"


def reading_mode(request: HttpRequest) -> dict[str, bool]:
    """``elder_mode``: whether this reader switched 长者模式 on (kept in a cookie, no account)."""
    return {"elder_mode": request.COOKIES.get(ELDER_COOKIE) == ELDER_VALUE}


def licence(request: HttpRequest) -> dict[str, str]:
    """The terms on which texts may be used again, as the operator set them."""
    return {"licence_name": settings.LICENCE_NAME, "licence_url": settings.LICENCE_URL}
