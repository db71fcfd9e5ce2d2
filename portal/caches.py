"""Redis for all nodes; while it does not answer, the memory of each process.

Nothing kept here is needed: pages carry the version of the content they show, the rest is counted or worked out again. So a
Redis that is gone or hangs must cost neither an error nor more than half a second, once in ``REST_SECONDS``.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)
REST_SECONDS = 5
ANSWER_SECONDS = 0.5
_rests_until: dict[str, float] = {}  # by server, for all threads


class ForgivingRedisCache(RedisCache):
    """Django's own, with timeouts, without repeated tries, and a small memory for the time Redis rests."""

    def __init__(self, server: str, params: dict) -> None:
        patience = {
            "socket_timeout": ANSWER_SECONDS,
            "socket_connect_timeout": ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        params = {**params, "OPTIONS": patience | params.get("OPTIONS", {})}
        super().__init__(server, params)
        self.server = str(server)
        self.memory = LocMemCache(f"instead of {server}", {**params, "OPTIONS": {"MAX_ENTRIES": 500}})

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < _rests_until.get(self.server, 0)


def _forgiving(name: str) -> Callable:
    ask = getattr(RedisCache, name)

    @wraps(ask)
    def asked(self: ForgivingRedisCache, *args: object, **kwargs: object) -> object:
        if not self.is_resting:
            try:
                return ask(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                _rests_until[self.server] = time.monotonic() + REST_SECONDS
                log.warning("Redis does not answer, each process remembers for itself: %s", error)
        return getattr(self.memory, name)(*args, **kwargs)

    return asked


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(ForgivingRedisCache, _name, _forgiving(_name))
