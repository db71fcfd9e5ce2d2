"""Keeping every state of what staff write. Called by the other actions, inside their transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Max

from cases.models import Version, VersionEvent
from cases.versions import snapshot

_written: ContextVar[dict[tuple[str, int], Version] | None] = ContextVar("written", default=None)


@contextmanager
def one_write() -> Iterator[None]:
    """What is written inside counts as one change of each object, however many actions it takes: a form saved with
    its pictures makes one version, not one for each picture."""
    token = _written.set({})
    try:
        yield
    finally:
        _written.reset(token)


def record(*, item: models.Model, user: AbstractBaseUser | None, event: str, comment: str = "") -> Version | None:
    """Keep the present state of ``item``; a mere change that changed nothing adds none, see also ``one_write``."""
    _lock(item)
    data = snapshot(item)
    written, key = _written.get(), (item._meta.model_name, item.pk)
    if event == VersionEvent.CHANGED:
        if written is not None and key in written:
            return _go_on(written[key], item, data)
        latest = Version.objects.of(item).first()
        if latest is not None and latest.data == data:
            return None
    version = _add(item, data, user, event, comment)
    if written is not None:
        written[key] = version
    return version


def record_base(*, item: models.Model) -> None:
    """Keep the state an object was loaded with, before it is written for the first time by a person."""
    stored = _lock(item)
    if stored is not None and not Version.objects.of(item).exists():
        _add(stored, snapshot(stored), None, VersionEvent.BASE, "")


def latest_number(item: models.Model) -> int:
    """The number of the newest version; 0 where nobody has written yet."""
    return Version.objects.of(item).aggregate(n=Max("number"))["n"] or 0


def _lock(item: models.Model) -> models.Model | None:
    """The row as it is stored, held until the transaction ends: versions are numbered one after another."""
    return type(item)._base_manager.select_for_update().filter(pk=item.pk).first() if item.pk else None


def _go_on(version: Version, item: models.Model, data: dict) -> Version:
    version.data, version.label = data, str(item)[:200]
    version.save(update_fields=["data", "label"])
    return version


def _add(item: models.Model, data: dict, user: AbstractBaseUser | None, event: str, comment: str) -> Version:
    is_known = user is not None and user.pk is not None
    return Version.objects.create(
        kind=item._meta.model_name,
        object_id=item.pk,
        number=latest_number(item) + 1,
        code=getattr(item, "code", "") or getattr(item, "slug", ""),
        label=str(item)[:200],
        data=data,
        event=event,
        comment=comment,
        user=user if is_known else None,
        user_name=user.get_username() if is_known else "",
    )
