"""How the API says no: problem details after RFC 9457, with a sentence in the caller's language."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from renwang.alerts.cap import CapRefused, SigningRefused
from renwang.alerts.cap.words import SIGNING, explain
from renwang.alerts.rules import AlertRefused
from renwang.base.paging import WrongCursor
from renwang.bulletins.question_rules import AskedTooOften
from renwang.bulletins.rules import BulletinRefused
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.outreach.rules import NoticeOvertaken, NoticeWithdrawn
from renwang.outreach.services import NobodyThere, NotAskedOfYou
from renwang.signals.payloads import PayloadRefused
from renwang.signals.rules import SignalRefused
from renwang.web.frame.gates import sentence_of


class Problem(Exception):
    """A refusal of the API itself: status, code, and what it is about."""

    def __init__(self, status: int, code: str, about: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.about = about


def answer(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Compose a problem: `code` is for programs and never changes, `detail` is for people."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def code_of(refusal: Exception) -> str:
    """Name a refusal for programs: `AlreadyRelayed` becomes `already-relayed`."""
    name = type(refusal).__name__
    return "".join(
        f"-{c.lower()}" if c.isupper() and at else c.lower() for at, c in enumerate(name)
    )


def handle_problems(api: NinjaAPI) -> None:
    """Teach an API to answer every refusal that a service, selector or form can make."""

    @api.exception_handler(Problem)
    def _own(request: HttpRequest, problem: Problem) -> HttpResponse:
        sentences = {
            "not-found": _("There is nothing here that you may see: {about}."),
            "wrong-xml": _("Send the CAP document itself as the body of the request."),
            "wrong-json": _("The body of the request is not JSON."),
            "too-large": _("The document is too large."),
            "unknown-hazard": _("No wording is known for the hazard {about}."),
            "wrong-shape": "{about}",
            "not-issued": _("The draft {about} has not been issued yet."),
        }
        return answer(
            problem.status, problem.code, sentences[problem.code].format(about=problem.about)
        )

    @api.exception_handler(AuthenticationError)
    def _stranger(request: HttpRequest, refusal: AuthenticationError) -> HttpResponse:
        return answer(401, "not-signed-in", _("Send a token that is still good, or sign in."))

    @api.exception_handler(NotInReach)
    def _reach(request: HttpRequest, refusal: NotInReach) -> HttpResponse:
        return answer(403, "not-in-reach", sentence_of(refusal), capability=refusal.capability)

    @api.exception_handler(CapRefused)
    def _cap(request: HttpRequest, refusal: CapRefused) -> HttpResponse:
        return answer(
            422,
            f"cap-{refusal.reason}",
            str(explain(refusal)),
            element=refusal.element,
            line=refusal.line,
        )

    @api.exception_handler(SigningRefused)
    def _signing(request: HttpRequest, refusal: SigningRefused) -> HttpResponse:
        return answer(409, f"signing-{refusal.reason}", str(SIGNING[refusal.reason]))

    @api.exception_handler(ValidationError)
    def _form(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
        errors = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]}
            for one in refusal.errors
        ]
        return answer(422, "wrong-input", _("Something in the request is wrong."), errors=errors)

    @api.exception_handler(WrongCursor)
    def _cursor(request: HttpRequest, refusal: WrongCursor) -> HttpResponse:
        return answer(400, "wrong-cursor", _("The page mark is not one of ours. Begin again."))

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, refusal: HttpError) -> HttpResponse:
        return answer(refusal.status_code, "refused", str(refusal))

    for kind in (
        AlertRefused, BulletinRefused, Refusal, NoticeWithdrawn, NoticeOvertaken, NobodyThere,
        SignalRefused,
    ):  # fmt: skip
        api.exception_handler(kind)(_conflict)
    api.exception_handler(NotAskedOfYou)(_not_asked)
    api.exception_handler(AskedTooOften)(_too_often)
    api.exception_handler(PayloadRefused)(_payload)


def _not_asked(request: HttpRequest, refusal: NotAskedOfYou) -> HttpResponse:
    return answer(403, "not-asked-of-you", sentence_of(refusal))


def _too_often(request: HttpRequest, refusal: AskedTooOften) -> HttpResponse:
    return answer(429, "asked-too-often", sentence_of(refusal))


def _conflict(request: HttpRequest, refusal: Exception) -> HttpResponse:
    return answer(409, code_of(refusal), sentence_of(refusal))


def _payload(request: HttpRequest, refusal: PayloadRefused) -> HttpResponse:
    code = f"payload-{refusal.wrong.replace('_', '-')}"
    return answer(422, code, sentence_of(refusal), about=refusal.about, row=refusal.row)
