"""Addresses of services, worked out from one another."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def next_redis_database(url: str) -> str:
    """The address of the Redis database after the one that ``url`` names (0 where it names none)."""
    parts = urlsplit(url)
    number = parts.path.strip("/") or "0"
    if not number.isdigit():
        raise ValueError(f"REDIS_URL ends in a database number, not in {number!r}")
    return urlunsplit(parts._replace(path=f"/{int(number) + 1}"))
