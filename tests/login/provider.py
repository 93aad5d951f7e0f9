"""A real OpenID provider for tests: oidc-provider-mock on a free port, with a layer that can tamper.

Untouched, every answer is the provider's own. ``forge`` makes a token of another content, signed by a key that the
provider then publishes, so that a refusal shows the one thing that is wrong. ``seen`` are the requests to the token
endpoint, as the portal sent them.
"""

from __future__ import annotations

import base64
import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.serving import WSGIRequestHandler, make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import oidc_provider_mock

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KID = "second-key"
PEM = OURS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
FREDRIKSTAD, ASKER, OSLO, KAUTOKEINO = "940039541", "920125298", "958935420", "945475056"
RESOURCE = {"type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:lhl-rapportering"}
LEVEL = "idporten-loa-substantial"


def represents(*numbers: str, **changed: Any) -> list[dict[str, Any]]:
    """The claim ``authorization_details`` of somebody who represents these organisation numbers."""
    rows = [{"Authority": "iso6523-actorid-upis", "ID": f"0192:{number}", "Name": "KOMMUNE"} for number in numbers]
    return [{**RESOURCE, "resource_name": "Rapportering", "reportees": rows, **changed}]


def public_jwk(key: rsa.RSAPrivateKey = OURS, **more: Any) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "use": "sig", **more}


def signed(claims: dict[str, Any], key: Any = OURS, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": KID, **header})


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """Nothing: a test's output is its own."""


class Provider:
    """The running provider. ``forge(claims)`` returns the token to send in place of the real one; ``about`` is laid
    over its metadata; ``broken`` paths answer 500."""

    def __init__(self) -> None:
        self.app = oidc_provider_mock.app()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_Quiet)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.clear()

    def clear(self) -> None:
        self.keys: list[dict[str, Any]] = [public_jwk(kid=KID, alg="RS256")]
        self.forge: Callable[[dict[str, Any]], str | None] | None = None
        self.about: dict[str, Any] = {}
        self.broken: set[str] = set()
        self.seen: list[dict[str, str]] = []
        self.authorization: list[str] = []

    def user(self, sub: str, **claims: Any) -> None:
        """Somebody who can log in at the provider."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def consent(self, address: str, sub: str = "kari", **form: str) -> str:
        """What the provider's page sends the browser back to, when ``sub`` has logged in there."""
        answer = requests.post(address, data={"sub": sub, **form}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path in self.broken:
            start_response("500 Broken", [("Content-Type", "text/plain")])
            return [b"broken"]
        if path == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            self.seen.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
            self.authorization.append(environ.get("HTTP_AUTHORIZATION", ""))
            if "client_assertion" in self.seen[-1]:
                self._prove(environ)
        if path not in ("/oauth2/token", "/jwks", "/.well-known/openid-configuration"):
            return self.app(environ, start_response)
        return self._changed(path, environ, start_response)

    def _prove(self, environ: dict[str, Any]) -> None:
        """The mock knows secrets only: an assertion that the portal's key has signed counts as one."""
        assertion = self.seen[-1]["client_assertion"]
        jwt.decode(assertion, OURS.public_key(), algorithms=["RS256"], audience=self.issuer)
        environ["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(b"portalen:proved").decode()

    def _changed(self, path: str, environ: dict[str, Any], start_response: Any) -> Any:
        kept: list[Any] = []
        body = b"".join(self.app(environ, lambda status, headers, *_more: kept.append((status, headers))))
        status, headers = kept[0]
        found = json.loads(body)
        if path == "/jwks":  # the provider's own names no key in its tokens, and so has to be alone
            found["keys"] = self.keys if self.forge else found["keys"]
        elif path == "/oauth2/token" and self.forge is not None and "id_token" in found:
            claims = jwt.decode(found["id_token"], options={"verify_signature": False})
            found["id_token"] = self.forge(claims)
        elif path.startswith("/.well-known"):
            found.update(self.about)
        body = json.dumps(found).encode()
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]


@contextmanager
def running() -> Iterator[Provider]:
    """A provider in a thread of its own."""
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(5)


def path_of(address: str) -> str:
    """The path and query of an address of the portal's."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
