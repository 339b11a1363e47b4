"""Group robots of WeCom, DingTalk and Feishu, through apprise.

Apprise takes any answer with status 200 for success, but these robots say no
with status 200 and a number in the body; the answer is therefore kept and read
here. A robot knows no message id: after an answer that was lost on the way the
same message may appear twice in the group, with the same code.
"""

import threading
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from renwang.outreach.channels.port import Handed, Outgoing, Outward, Refused, Trouble, Unreachable
from renwang.outreach.channels.text import full_text


@dataclass(frozen=True, slots=True)
class Make:
    """What one maker's robots are like."""

    module: str
    plugin: str
    letters: int  # of one message; WeCom counts 2,048 bytes, and a Chinese letter takes three
    number: tuple[str, ...]  # where the answer's number may stand; 0 is yes
    busy: frozenset[int]  # numbers that mean "too many, later"


MAKES = {
    "wecom": Make("wecombot", "NotifyWeComBot", 640, ("errcode",), frozenset({-1, 45009, 45033})),
    "dingtalk": Make(
        "dingtalk", "NotifyDingTalk", 6000, ("errcode",), frozenset({-1, 130101, 410100})
    ),
    "feishu": Make(
        "feishu", "NotifyFeishu", 6000, ("code", "StatusCode"), frozenset({9499, 11232})
    ),
}


class Robot(Outward):
    """Says each message in the group whose robot the contact's address names."""

    def __init__(self, kind: str, *, base: str = ""):
        """`base` replaces scheme and host where an organisation runs its own; no contact can change it."""
        self.kind = kind
        self._make = MAKES[kind]
        self._base = base.rstrip("/")

    def hand_over(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Let the robot say the message; it has said it when its answer's number is 0."""
        token, secret = read_address(outgoing.to)
        heard = _heard()
        heard.answer, heard.error = None, None
        robot = self._robot(token, secret, timeout)
        robot.notify(body=full_text(outgoing, replies=False))
        if heard.error is not None:
            raise heard.error
        if heard.answer is None:
            raise Refused(Trouble.BAD_ADDRESS)
        self._judge(*heard.answer)
        return Handed()

    def _robot(self, token: str, secret: str, timeout: float) -> Any:
        known = {"secret": secret} if secret else {}
        name = "key" if self.kind == "wecom" else "token"
        try:
            return _robot_class(self.kind, self._base)(
                **{name: token}, **known, rto=timeout, cto=timeout, redirect=False, overflow="split"
            )
        except (TypeError, ValueError):  # apprise's own refusal is a TypeError
            raise Refused(Trouble.BAD_ADDRESS) from None

    def _judge(self, status: int, said: Any) -> None:
        if 300 <= status < 400:
            raise Refused(Trouble.REDIRECTED, str(status))
        if status == 429 or status >= 500:
            raise Unreachable(Trouble.BUSY, str(status), maybe_handed=status >= 500)
        numbers = (
            [said[name] for name in self._make.number if name in said]
            if isinstance(said, dict)
            else []
        )
        if not numbers:
            raise Unreachable(Trouble.BAD_ANSWER, str(status), maybe_handed=True)
        if numbers[0] in self._make.busy:
            raise Unreachable(Trouble.BUSY, str(numbers[0]))
        if status >= 400 or numbers[0] != 0:
            raise Refused(Trouble.TURNED_AWAY, str(numbers[0]))


def read_address(address: str) -> tuple[str, str]:
    """Read a robot's key, and its signing secret where there is one.

    Taken are the key alone, `secret@key`, and the address as the maker's page
    shows it for copying, of which only the key is used.
    """
    secret, _, key = address.strip().rpartition("@")
    if "://" in key:
        parts = urlsplit(key)
        query = parse_qs(parts.query)
        given = query.get("key") or query.get("access_token")
        key = given[0] if given else parts.path.rstrip("/").rpartition("/")[2]
    if not key:
        raise Refused(Trouble.BAD_ADDRESS)
    return key, secret


class _Heard(threading.local):
    """What the robot answered to this thread's last message."""

    answer: tuple[int, Any] | None = None
    error: Unreachable | None = None


class _Ear:
    """Stands where apprise's plugin expects `requests`, and keeps what came back."""

    def __init__(self, requests: Any):
        self._requests = requests
        self.heard = _Heard()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *arguments: Any, **named: Any) -> Any:
        """Post, and keep the answer or the failure; apprise sees the same."""
        try:
            response = self._requests.post(*arguments, **named)
        except self._requests.ConnectTimeout:
            self.heard.error = Unreachable(Trouble.NO_CONNECTION)
            raise
        except self._requests.Timeout:
            self.heard.error = Unreachable(Trouble.TIMED_OUT, maybe_handed=True)
            raise
        except self._requests.RequestException as error:
            refused = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
            trouble = Trouble.NO_CONNECTION if refused else Trouble.BROKEN_OFF
            self.heard.error = Unreachable(trouble, maybe_handed=not refused)
            raise
        try:
            said = response.json()
        except ValueError:
            said = None
        self.heard.answer = (response.status_code, said)
        return response


@cache
def _ear() -> _Ear:
    """Load apprise, which is large, when the first robot speaks; and listen to what it hears."""
    ear = _Ear(import_module("requests"))
    for make in MAKES.values():
        import_module(f"apprise.plugins.{make.module}").requests = ear
    return ear


def _heard() -> _Heard:
    return _ear().heard


@cache
def _robot_class(kind: str, base: str) -> type:
    """Make the maker's plugin with this node's base address and a message length that is safe in Chinese."""
    make = MAKES[kind]
    _ear()
    plugin = getattr(import_module(f"apprise.plugins.{make.module}"), make.plugin)
    address = plugin.notify_url
    if base:
        address = f"{base}/{address.split('/', 3)[3]}"
    changes = {"notify_url": address, "body_maxlen": make.letters, "request_rate_per_sec": 0}
    return type(plugin.__name__, (plugin,), changes)
