"""What OWASP ZAP's passive rules look for in an answer, asked of the answers of our own tests.

Written from the rules' published descriptions; ``RULES`` names those that are covered, with ZAP's numbers. A rule that
needs what a test of one answer has not (what the caller typed, the handshake, several answers) is not here, and
docs/security.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

RULES = {
    "2": "private addresses in the answer",
    "3": "a session's id in an address",
    "10010": "cookies without HttpOnly",
    "10011": "cookies without Secure",
    "10015": "pages that a cache may keep",
    "10017": "scripts of other hosts",
    "10019": "no content type",
    "10020": "pages that others may frame",
    "10021": "no nosniff",
    "10023": "messages of a debugger",
    "10024": "secrets in an address",
    "10025": "addresses told to others by the referrer",
    "10027": "comments in the page",
    "10028": "redirects to other hosts",
    "10033": "a folder's list of files",
    "10035": "no Strict-Transport-Security",
    "10036": "the server's name and version",
    "10037": "X-Powered-By",
    "10038": "no content security policy",
    "10039": "X-Backend-Server",
    "10040": "parts fetched over http",
    "10041": "forms sent over http",
    "10044": "large or many-linked bodies on a redirect",
    "10050": "answers out of a shared cache",
    "10052": "X-ChromeLogger-Data",
    "10054": "cookies without SameSite",
    "10055": "a content security policy with holes",
    "10056": "X-Debug-Token",
    "10061": "X-AspNet-Version",
    "10062": "national identity numbers",
    "10063": "no permissions policy",
    "10097": "hashes of passwords",
    "10098": "other sites may read the answer",
    "10099": "source code in the page",
    "10105": "passwords asked for by the browser (Basic)",
    "10108": "new windows that keep hold of the page",
    "10202": "forms without a safety key",
    "90003": "scripts of other hosts without a hash",
    "90004": "no isolation from other sites (COOP, COEP, CORP)",
    "90011": "two different character sets",
    "90022": "errors of the inside",
    "90033": "cookies for other hosts too",
}
READ_BY_SCRIPTS = ("portal_csrf",)
NO_FALLBACK = ("form-action", "frame-ancestors", "base-uri")
FORBIDDEN_HEADERS = {
    "Server": "10036", "X-Powered-By": "10037", "X-Backend-Server": "10039", "X-ChromeLogger-Data": "10052",
    "X-Debug-Token": "10056", "X-AspNet-Version": "10061", "Age": "10050", "X-Cache": "10050",
}  # fmt: skip
DEBUG = re.compile(r"Traceback \(most recent call last\)|DisallowedHost at|You're seeing this error because you have")
INSIDE = re.compile(r"django\.core\.|OperationalError|ProgrammingError|psycopg\.|sqlite3\.|Internal Server Error")
PRIVATE = re.compile(r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b")
HASHES = re.compile(r"pbkdf2_sha\d+\$|argon2i?d?\$|bcrypt\$|\$2[aby]\$|scrypt\$|md5\$")
SOURCE = re.compile(r"\{%\s*\w+|\{\{\s*\w+|<\?php|\bdef \w+\(self")
SECRET = ("sessionid", "session", "password", "passord", "token", "key", "secret", "csrfmiddlewaretoken", "csrf")
SUSPICIOUS = re.compile(
    r"\b(?:todo|fixme|bugs?|xxx|query|db|admin(?:istrator)?|user(?:name)?|password|select|where|from|later|debug)\b",
    re.IGNORECASE,
)
ELEVEN = re.compile(r"(?<![\w.-])[0-7]\d[0189]\d\d\d \d{5}(?!\w)|(?<![\w.-])[0-7]\d[0189]\d{8}(?!\w)")


class Page(HTMLParser):
    """The tags of a page, as (name, attributes); the forms with whether a safety key stands in them; the comments."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.comments: list[str] = []
        self.forms: list[list[Any]] = []
        self.inline: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append((tag, said))
        runs = tag == "style" or (tag == "script" and said.get("type") != "application/json")  # data do not
        self._open = tag if runs and "src" not in said else ""
        if tag == "form":
            self.forms.append([said, False])
        if tag == "input" and said.get("name") == "csrfmiddlewaretoken" and self.forms:
            self.forms[-1][1] = True

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.inline.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def findings(response: Any, *, signed_in: bool, text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with an answer: the rule's number and what was seen. ``text`` is its body where it is text."""
    yield from _cookies(response)
    yield from _headers(response, signed_in=signed_in)
    yield from _policy(response)
    yield from _words(text)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        yield from _page(Page(text), text, response)


def _cookies(response: Any) -> Iterator[tuple[str, str]]:
    for name, morsel in response.cookies.items():
        if morsel["max-age"] == 0 or (morsel["expires"] or "").startswith("Thu, 01 Jan 1970"):
            continue  # taken away
        if not morsel["httponly"] and not name.endswith(READ_BY_SCRIPTS):
            yield "10010", name
        if not morsel["secure"]:
            yield "10011", name
        if morsel["samesite"] not in ("Lax", "Strict"):
            yield "10054", name
        if morsel["domain"] or morsel["path"] != "/":
            yield "90033", f"{name} {morsel['domain']} {morsel['path']}"
        if name != "messages" and not name.startswith("__Host-"):
            yield "90033", f"{name} without __Host-"


def _headers(response: Any, *, signed_in: bool) -> Iterator[tuple[str, str]]:
    headers, kind = response.headers, response.headers.get("Content-Type", "")
    for name, rule in FORBIDDEN_HEADERS.items():
        if name in headers:
            yield rule, headers[name]
    if not kind and response.status_code not in (204, 304) and not 300 <= response.status_code < 400:
        yield "10019", "no Content-Type"
    if kind.startswith("text/") and "charset=" not in kind and kind != "text/plain":
        yield "90011", kind
    keep = headers.get("Cache-Control", "")
    for_all = "public" in keep and (kind.startswith("text/plain") or not signed_in)
    if ("no-store" not in keep or "private" not in keep) and not for_all:
        yield "10015", keep or "no Cache-Control"
    wanted = {
        "X-Frame-Options": ("10020", "DENY"), "X-Content-Type-Options": ("10021", "nosniff"),
        "Referrer-Policy": ("10025", "same-origin"), "Cross-Origin-Opener-Policy": ("90004", "same-origin"),
        "Cross-Origin-Embedder-Policy": ("90004", "require-corp"),
        "Cross-Origin-Resource-Policy": ("90004", "same-origin"),
    }  # fmt: skip
    for name, (rule, value) in wanted.items():
        if headers.get(name) != value:
            yield rule, f"{name}: {headers.get(name)}"
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    if age is None or int(age[1]) < 31536000:
        yield "10035", headers.get("Strict-Transport-Security", "none")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        yield "10063", headers.get("Permissions-Policy", "none")
    if any(name.startswith("Access-Control-") for name in headers):
        yield "10098", headers.get("Access-Control-Allow-Origin", "")
    if headers.get("WWW-Authenticate", "").startswith("Basic"):
        yield "10105", headers["WWW-Authenticate"]
    if where := headers.get("Location"):
        if urlsplit(where).netloc not in ("", "testserver") or where.startswith(("//", "/\\")):
            yield "10028", where
        yield from _address(where)
        if not response.streaming and len(response.content) > len(where) + 300:
            yield "10044", f"{len(response.content)} bytes"


def _policy(response: Any) -> Iterator[tuple[str, str]]:
    said = response.headers.get("Content-Security-Policy", "")
    if not said:
        yield "10038", "none"
        return
    parts = {name: rest for name, _space, rest in (part.strip().partition(" ") for part in said.split(";"))}
    for name in ("default-src", *NO_FALLBACK):
        if name not in parts:
            yield "10055", f"{name} is missing"
    for name, value in parts.items():
        allowed = {"'self'", "'none'"} | ({"data:"} if name == "img-src" else set())
        if name.endswith("-src") and set(value.split()) - allowed:
            yield "10055", f"{name} {value}"
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        if "sandbox" not in parts or parts.get("default-src") != "'none'":
            yield "10055", f"a file without a sandbox: {said}"
    elif "upgrade-insecure-requests" not in parts:
        yield "10055", "upgrade-insecure-requests is missing"


def _words(text: str) -> Iterator[tuple[str, str]]:
    for rule, pattern in (("2", PRIVATE), ("10023", DEBUG), ("90022", INSIDE), ("10062", ELEVEN), ("10097", HASHES)):
        if found := pattern.search(text):
            yield rule, text[max(0, found.start() - 40) : found.end() + 40]
    if "<title>Index of" in text:
        yield "10033", "Index of"


def _page(page: Page, text: str, response: Any) -> Iterator[tuple[str, str]]:
    own = "data-color-scheme" in text  # our pages have no comments at all; Django's administration has harmless ones
    yield from (("10027", comment[:60]) for comment in page.comments if own or SUSPICIOUS.search(comment))
    yield from (("10055", f"inline {name}") for name in page.inline)
    yield from (
        ("10202", str(said)) for said, key in page.forms if said.get("method", "").lower() == "post" and not key
    )
    if SOURCE.search(text):
        yield "10099", str(SOURCE.search(text))
    for tag, said in page.tags:
        for name, value in said.items():
            if name.startswith("on") or name == "style":
                yield "10055", f"<{tag} {name}={value[:40]}>"
            if name in ("src", "href", "action", "formaction", "hx-get", "hx-post"):
                yield from _address(value)
        source = said.get("src", "") or (said.get("href", "") if tag == "link" else "")
        if source.startswith("http://"):
            yield "10040", source
        if tag in ("script", "link") and urlsplit(source).netloc:
            yield ("10017" if tag == "script" else "90003"), source
        if (said.get("action") or said.get("formaction") or "").startswith("http:"):
            yield "10041", str(said)
        if said.get("target") == "_blank" and not {"noopener", "noreferrer"} & set(said.get("rel", "").split()):
            yield "10108", said.get("href", "")
        if tag == "meta" and said.get("charset", "utf-8").lower() != "utf-8":
            yield "90011", said["charset"]


def _address(address: str) -> Iterator[tuple[str, str]]:
    parts = urlsplit(address)
    if parts.netloc not in ("", "testserver"):
        return
    for name in parse_qs(parts.query):
        if name.lower() in SECRET:
            yield "10024", address
    if "jsessionid" in address.lower() or "portal_session" in address:
        yield "3", address
