"""What every template knows."""

from django.http import HttpRequest

ELDER_COOKIE = "reading"
ELDER_VALUE = "elder"


def reading_mode(request: HttpRequest) -> dict[str, bool]:
    """``elder_mode``: whether this reader switched 长者模式 on (kept in a cookie, no account)."""
    return {"elder_mode": request.COOKIES.get(ELDER_COOKIE) == ELDER_VALUE}
