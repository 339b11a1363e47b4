"""A GeoReport v2 server in memory: the loopback twin of a linked system, for tests, drills and demonstrations.

It speaks through the writers of our own Open311 and misbehaves on demand:
`answers` gives a raw answer for an address, once or for good.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from renwang.cases import open311
from renwang.cases.open311 import Attribute, Service, ServiceRequest

_AT = re.compile(r"/(?P<what>[a-z]+)(?:/(?P<one>[^/]+))?\.(?P<form>xml|json)$")


@dataclass
class Twin(httpx.BaseTransport):
    """A system with services and requests; `now` is what its clock says."""

    now: Callable[[], datetime]
    services: list[Service] = field(default_factory=list)
    requests: dict[str, ServiceRequest] = field(default_factory=dict)
    updates: list[open311.Update] = field(default_factory=list)
    has_updates: bool = True
    gives_tokens: bool = False
    loses_answers: int = 0  # so many requests are kept and never confirmed
    answers: dict[str, httpx.Response | Exception] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """A client that reaches this system and no network."""
        return httpx.Client(transport=self)

    def offer(self, code: str, name: str, *asked: Attribute) -> None:
        """Offer a service."""
        self.services.append(Service(code, name, "", asked))

    def report(self, number: str, code: str, description: str, **more: Any) -> ServiceRequest:
        """Let somebody report something over there."""
        moment = more.pop("at", None) or self.now()
        service = next((one for one in self.services if one.code == code), Service(code, code))
        made = ServiceRequest(
            number, True, "", service, moment, moment, description=description, **more
        )
        self.requests[number] = made
        return made

    def change(self, number: str, *, is_open: bool, notes: str = "") -> None:
        """Let a request get another state over there."""
        self.requests[number] = replace(
            self.requests[number], is_open=is_open, status_notes=notes, updated=self.now()
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a GeoReport server does."""
        path = request.url.path
        body = parse_qs(request.read().decode()) if request.method == "POST" else {}
        asked = {**parse_qs(request.url.query.decode()), **body}
        self.heard.append((request.method, path, asked))
        found = _AT.search(path)
        if found is None:
            return httpx.Response(404, text="no such address")
        raw = self.answers.get(f"{request.method} {found['what']}")
        if isinstance(raw, Exception):
            raise raw
        if raw is not None:
            return httpx.Response(raw.status_code, headers=raw.headers, content=raw.content)
        deed = getattr(self, f"_{request.method.lower()}_{found['what']}", None)
        if deed is None:
            return httpx.Response(404, content=open311.write_error(404, "?", found["form"]))
        status, content = deed(found["one"] or "", asked, found["form"])
        if request.method == "POST" and self.loses_answers:
            self.loses_answers -= 1
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(status, content=content)

    def _get_services(self, code: str, _asked: Any, form: str) -> tuple[int, bytes]:
        if not code:
            return 200, open311.write_services(self.services, form)
        one = next(one for one in self.services if one.code == code)
        return 200, open311.write_definition(one, form)

    def _get_requests(self, _one: str, asked: Any, form: str) -> tuple[int, bytes]:
        found = sorted(self.requests.values(), key=lambda one: one.requested, reverse=True)
        if ids := asked.get("service_request_id"):
            found = [one for one in found if one.id in ids[0].split(",")]
        if after := asked.get("updated_after"):
            found = [one for one in found if one.updated >= open311.read_moment(after[0])]
        size, page = (int(asked.get(name, ["1"])[0]) for name in ("page_size", "page"))
        size = size if "page_size" in asked else 1000
        return 200, open311.write_requests(found[(page - 1) * size : page * size], form)

    def _post_requests(self, _one: str, asked: Any, form: str) -> tuple[int, bytes]:
        code = asked.get("service_code", [""])[0]
        if code not in {one.code for one in self.services}:
            return 404, open311.write_error(404, f"no service {code}", form)
        number = f"T-{len(self.requests) + 1}"
        self.report(number, code, asked["description"][0])
        if self.gives_tokens:
            return 200, open311.write_token_only(f"token-{number}", form)
        return 200, open311.write_created(number, "", form)

    def _get_tokens(self, token: str, _asked: Any, form: str) -> tuple[int, bytes]:
        return 200, open311.write_token(token.removeprefix("token-"), token, form)

    def _get_servicerequestupdates(self, _one: str, _asked: Any, form: str) -> tuple[int, bytes]:
        if not self.has_updates:
            return 404, b"not here"
        return 200, open311.write_updates(self.updates, form)

    def _post_servicerequestupdates(self, _one: str, asked: Any, form: str) -> tuple[int, bytes]:
        key = f"U-{len(self.updates) + 1}"
        number, words = asked["service_request_id"][0], asked["description"][0]
        is_open = asked["status"][0] == "open"
        self.updates.append(open311.Update(key, number, is_open, words, self.now()))
        return 200, open311.write_updated(key, form)
