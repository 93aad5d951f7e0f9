"""What nobody means to send, and everybody will be sent some day."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes

TEXTS: tuple[bytes, ...] = tuple(
    text.encode() if isinstance(text, str) else text
    for text in (
        "\x00",
        "a\x00b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"caf\xe9",
        "x" * 100_000,
        "9" * 400,
        "9" * 5000,
        "1e999",
        "-1e400",
        "NaN",
        "Infinity",
        "-0",
        "٣",
        "²",
        "½",
        "\u202eevil\u2066",
        "\ufeff",
        "\ufffe",
        "\U0010ffff",
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "31.2.2022",
        "2022-02-30",
        "2022-W01-1",
        "1.1.0001",
        "31.12.9999",
        "",
        " ",
        "\t\r\n",
        "-1",
        "0",
        "9223372036854775808",
        "-9223372036854775809",
        "2147483648",
        "a\r\nX-Evil: 1",
        "'\"<script>alert(1)</script>",
        "{}",
        "[[[]]]",
        '{"a": 1}',
        "true",
        "None",
        "null",
        "%s%n%00",
        "../../../etc/passwd",
        "=1+1",
        "'; DROP TABLE x; --",
        "\\",
        "1,5",
        "1 000",
        "0x10",
        "1_000",
        ":",
        ":::",
        ",,,",
        "a:b:c",
        "١٢.٣.٢٠٢٢",
        "e\u0301" * 500,
        "🎉" * 1000,
    )
)
PATHS = (
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "9" * 400,
    "%00",
    "1%00",
    "%ff",
    "%ed%a0%80",
    "%2F",
    "..%2f..%2f",
    "%E2%80%AE",
    "%D9%A3",
    "%C2%B2",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2022-02-30",
    "2022-13-01",
    "%20",
    "null",
    "a" * 2000,
    "%F0%9F%8E%89",
    "1.0",
    "1e5",
    "_",
    "%25",
    "'",
    "%22%3E",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**30),
    10**400,
    1e300,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff x",
    "x" * 100_000,
    "9" * 400,
    "NaN",
    "\u202e",
    "٣",
    "9999-12-31",
    "0000-00-00",
    "2022-02-30",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"a": {"b": []}},
    ["a", "a"],
    {"": ""},
    {"\x00": "\ud800"},
    [10**30],
    ["9" * 400],
    {"key": 1},
    [[[[[[1]]]]]],
)
DEEP = 100_000
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b""),
    ("application/json", b"\xff\xfe\x00"),
    ("application/json", b"{"),
    ("application/json", b"[" * DEEP),
    ("application/json", b'{"a":' * 5000 + b"1" + b"}" * 5000),
    ("application/json", b'{"value": NaN, "rev": Infinity}'),
    ("application/json", b'{"value": 1e999, "rev": 1e999, "key": 1e999, "version": 1e999}'),
    ("application/json", b'{"value": ' + b"9" * 10_000 + b"}"),
    ("application/json", b'{"key": "\\ud800", "value": "\\u0000", "rev": 0}'),
    ("application/json", b'"text"'),
    ("application/json", b"null"),
    ("application/json", b"[1, 2]"),
    ("application/json; charset=utf-16", "{}".encode("utf-16")),
    ("application/json; charset=nonsense", b"{}"),
    ("application/x-www-form-urlencoded", b"%ff=%fe&a=%00&%00=b"),
    ("application/x-www-form-urlencoded", b"&&==&%&%zz"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(3000))),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a\r\n\r\n'),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\x00\xff\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="fil"; filename="\x00../a"\r\n\r\nPK\x03\x04\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n',
    ),
    ("multipart/form-data; boundary=" + "x" * 500, b"--x"),
    ("text/plain", b"a=b"),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("", b"a=b"),
    ("/;;", b"a"),
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Accept-Language", text)
        for text in ("", "*", "nn;q=NaN", "x" * 5000, "nb-\xff", "a-" * 400, "nb;q=1e999,\x00")
    ),
    *(
        ("Host", text)
        for text in ("", "evil.example", "[::", "localhost:99999999", "a\x00b", "localhost:x", "..", "x" * 500)
    ),
    *(("X-Request-ID", text) for text in ("", "x" * 9000, "a\r\nb: c", "\x00", "../..", "\xff\xfe")),
    *(
        ("Cookie", text)
        for text in (
            "portal_session=" + "\x00" * 40,
            "portal_session=" + "x" * 5000,
            "portal_session=\xff\xfe",
            "portal_language=\x00",
            "portal_language=../..",
            "portal_csrf=\x00",
            "portal_csrf=" + "a" * 4000,
            ";;;=;==",
            "a",
            "messages=\x00",
            "messages=x:y",
            'messages="[[\\"__json_message\\",0,99]]"',
            "portal_session=\u00f8",
        )
    ),
    *(
        ("Range", text)
        for text in ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "9" * 400 + "-", "x", "bytes=0-1,0-1")
    ),
    *(
        ("If-Modified-Since", text)
        for text in ("", "x", "Thu, 99 Xxx 9999 99:99:99 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "9" * 400)
    ),
    *(("If-None-Match", text) for text in ("*", '"', "W/", "x" * 5000)),
    *(
        ("Authorization", text)
        for text in (
            "Bearer",
            "Bearer \x00",
            "Token \xff",
            "Token a b",
            "Token " + "x" * 5000,
            "Basic !!!",
            "Bearer \u00f8" + "x" * 42,
        )
    ),
    *(("Accept", text) for text in ("", "application/xml", "*", "a/b;q=x", "text/html;" * 500, "\x00")),
    *(("X-Forwarded-For", text) for text in ("", "\x00", "999.999.999.999", "x" * 5000, "::1%eth0, ,,")),
    *(("X-Forwarded-Proto", text) for text in ("", "x", "https,http")),
    *(("Referer", text) for text in ("http://[", "\x00", "javascript:x", "http://localhost:99999999/", "x" * 9000)),
    *(("HX-Current-URL", text) for text in ("http://[", "\x00", "x" * 9000)),
    ("HX-Request", "true"),
    ("HX-Target", "\x00"),
    *(("Content-Length", text) for text in ("-1", "x", "9" * 30)),
    ("X-CSRFToken", "\x00"),
    ("Origin", "http://["),
    *(("Idempotency-Key", text) for text in ("", "\x00", "x" * 500, "\xff")),
)


def query(names: list[str], value: bytes) -> str:
    """A query string that gives each of ``names`` this value, twice over, byte for byte."""
    sent = quote_from_bytes(value, safe="")
    return "&".join(f"{name}={sent}" for name in names)[:200_000]


def form_body(fields: list[tuple[str, bytes]]) -> bytes:
    """A urlencoded form, byte for byte."""
    pairs = (f"{quote_from_bytes(name.encode())}={quote_from_bytes(value, safe='')}" for name, value in fields)
    return "&".join(pairs).encode()


def json_body(value: Any) -> bytes:
    """JSON as a careless client writes it: lone surrogates escaped, huge numbers in full."""
    return json.dumps(value).encode()
