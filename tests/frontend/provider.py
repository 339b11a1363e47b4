"""An OpenID Connect provider on 127.0.0.1: discovery, sign-in, token, user information, keys.

It keeps to the protocol and refuses what does not; `spoil` makes it lie in one
place, as a broken or hostile one would.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "renwang", "the secret of both"
Claims = dict[str, Any]


class Provider:
    """A provider, alive inside a `with` block; `person` is who signs in there."""

    def __init__(self) -> None:
        self.person: Claims = {"sub": "0017", "preferred_username": "duty"}
        self.asked: list[str] = []  # paths
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.algorithm = "RS256"
        self.spoil: Callable[[Claims], None] = lambda claims: None
        self.spoil_config: Callable[[Claims], None] = lambda config: None
        self.userinfo: Claims | None = None  # another answer than the person's own
        self.signs_with: Any = None  # another key than the one that is published
        self.gives_token = True
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Its address, which is also its name as issuer."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def config(self) -> Claims:
        """What it says of itself."""
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.spoil_config(said)
        return said

    def authorize(self, asked: dict[str, str]) -> str:
        """Sign the person in and say where the browser goes on to."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> tuple[int, Claims]:
        """Change a code for a token, once, for who asked for it and can prove it."""
        begun = self._codes.pop(asked.get("code", ""), None)
        proof = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            begun is None
            or (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET)
            or begun["redirect_uri"] != asked.get("redirect_uri")
            or begun["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        given = {"access_token": "access", "token_type": "Bearer", "expires_in": 300}
        if self.gives_token:
            given["id_token"] = self._sign(begun["nonce"])
        return 200, given

    def _sign(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person,
        }  # fmt: skip
        self.spoil(claims)
        key = self.signs_with or self.key
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "first"})

    def keys(self) -> Claims:
        """The public half of what it signs with."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "first", "alg": "RS256", "use": "sig"}]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, urlsplit(self.path).query
                provider.asked.append(path)
                if path == "/authorize":
                    self.send_response(302)
                    asked = {name: values[0] for name, values in parse_qs(query).items()}
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()
                elif path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
                    self.say(200, provider.userinfo or provider.person)
                elif path == "/.well-known/openid-configuration":
                    self.say(200, provider.config())
                elif path == "/keys":
                    self.say(200, provider.keys())
                else:
                    self.say(404, {})

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.say(
                    *provider.token({name: values[0] for name, values in parse_qs(body).items()})
                )

            def say(self, status: int, what: Claims) -> None:
                body = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
