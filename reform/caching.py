"""The cache of a place with Redis: when Redis is away for a moment, each process keeps its own, and no page fails.

What is cached is only what can be computed anew, and the counts behind the limits on login attempts. While Redis is
away those limits hold for each process by itself: looser than else, and never gone.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import TimeoutError as SlowError

log = structlog.get_logger("portal.cache")


class SteadyRedisCache(RedisCache):
    """Redis, or while it does not answer a cache of the process's own.

    ``ping`` asks Redis alone, and raises when it does not answer: the page of health is not told otherwise.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.own = LocMemCache("while-redis-is-away", own)

    def _either(self, name: str, *args: Any, **more: Any) -> Any:
        try:
            return getattr(super(), name)(*args, **more)
        except (AwayError, SlowError):
            log.warning("the cache does not answer; this process uses its own", operation=name)
            return getattr(self.own, name)(*args, **more)

    def ping(self) -> None:
        """Raises redis.exceptions.RedisError when Redis does not answer."""
        self._cache.get_client(None, write=True).ping()

    def add(self, *args: Any, **more: Any) -> Any:
        return self._either("add", *args, **more)

    def get(self, *args: Any, **more: Any) -> Any:
        return self._either("get", *args, **more)

    def set(self, *args: Any, **more: Any) -> Any:
        return self._either("set", *args, **more)

    def touch(self, *args: Any, **more: Any) -> Any:
        return self._either("touch", *args, **more)

    def delete(self, *args: Any, **more: Any) -> Any:
        return self._either("delete", *args, **more)

    def get_many(self, *args: Any, **more: Any) -> Any:
        return self._either("get_many", *args, **more)

    def has_key(self, *args: Any, **more: Any) -> Any:
        return self._either("has_key", *args, **more)

    def incr(self, *args: Any, **more: Any) -> Any:
        return self._either("incr", *args, **more)

    def set_many(self, *args: Any, **more: Any) -> Any:
        return self._either("set_many", *args, **more)

    def delete_many(self, *args: Any, **more: Any) -> Any:
        return self._either("delete_many", *args, **more)

    def clear(self) -> Any:
        self.own.clear()
        return self._either("clear")
