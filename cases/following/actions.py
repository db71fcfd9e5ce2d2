"""Saying yes, and leaving."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from cases.models import Follower, Frequency

CONFIRM_WITHIN = timedelta(days=3)
WANT, LEAVE = "following.want", "following.leave"  # what signatures are for


@dataclass(frozen=True)
class Wish:
    """What somebody asked for and has not confirmed: it is kept in the signed link alone."""

    address: str
    query: str
    frequency: str


def read_wish(token: str) -> Wish:
    """What a link asks for. Raises ``signing.BadSignature``, also where it is older than ``CONFIRM_WITHIN``."""
    return Wish(*signing.loads(token, salt=WANT, max_age=CONFIRM_WITHIN))


def follow(*, wish: Wish) -> Follower:
    """Begin, for an address whose reader said yes; a list followed already goes on, as often as asked for now."""
    due_on = Frequency(wish.frequency).after(timezone.localdate())
    rest = {"frequency": wish.frequency, "due_on": due_on}
    return Follower.objects.update_or_create(address=wish.address, query=wish.query, defaults=rest)[0]


def leave(*, token: str) -> None:
    """Forget the address that a letter went to. Raises ``signing.BadSignature``; a second time does nothing."""
    Follower.objects.filter(pk=signing.loads(token, salt=LEAVE)).delete()
