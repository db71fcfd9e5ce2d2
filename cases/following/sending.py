"""Sending what is due, each letter at most once."""

import logging
from datetime import timedelta

from django.utils import timezone
from pyroaring import BitMap

from cases.following.letters import digest
from cases.models import Case, Follower, Frequency

logger = logging.getLogger(__name__)
SETTLED = timedelta(
    minutes=10
)  # what is published in this moment may not be readable yet: it waits for the next letter


def send_digests() -> tuple[int, int]:
    """Send what is due today; return how many letters went and how many could not.

    A follower is marked as told before the letter goes, by whichever run comes first: killed in between, a letter is lost
    and none goes twice. A letter that could not be sent is due again. One query, and for each follower with news those of
    the list and of the mark.
    """
    sent, failed, today, until = 0, 0, timezone.localdate(), timezone.now() - SETTLED
    due = list(Follower.objects.filter(due_on__lte=today).order_by("pk"))
    since = min((follower.told_until for follower in due), default=until)
    published = Case.objects.published().filter(published_at__gt=since, published_at__lte=until).order_by()
    news = list(published.values_list("published_at", "pk")) if due else []
    for follower in due:
        keys = BitMap(key for moment, key in news if moment > follower.told_until)
        message, is_last = digest(follower, keys, until=until) if keys else (None, False)
        was = {"told_until": follower.told_until, "due_on": follower.due_on}
        told = {"told_until": max(until, follower.told_until), "due_on": Frequency(follower.frequency).after(today)}
        is_ours = Follower.objects.filter(pk=follower.pk, **was).update(**told)
        if not is_ours or message is None:
            continue
        try:
            message.send()
        except OSError:  # SMTP's own errors are among them
            logger.exception("a digest could not be sent")
            Follower.objects.filter(pk=follower.pk, **told).update(**was)
            failed += 1
            continue
        sent += 1
        if is_last:
            follower.delete()
    return sent, failed
