"""Where a text message gateway hands in delivery reports and people's replies."""

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import APIKeyHeader, APIKeyQuery

from renwang.outreach import answering
from renwang.web.api.problems import Problem


class BySecret(APIKeyHeader):
    """The secret agreed with the gateway (`sms.inbound_secret`), as a header."""

    openapi_name = "gateway"
    param_name = "X-Renwang-Secret"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """Let the gateway in."""
        return "gateway" if key and answering.is_from_gateway(key) else None


class BySecretInAddress(APIKeyQuery):
    """The same in the address, for gateways that cannot send a header of their own."""

    openapi_name = "gateway-address"
    param_name = "secret"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """Let the gateway in."""
        return "gateway" if key and answering.is_from_gateway(key) else None


router = Router(tags=["gateways"], auth=[BySecret(), BySecretInAddress()])


class TakenIn(Schema):
    """What became of what was handed in; gateways repeat what they get no answer to."""

    code: int = 0
    msg: str = "OK"
    recorded: int
    unmatched: int = 0
    texts: int = 0


@router.post("/sms/reports", response=TakenIn, summary="Delivery reports of text messages")
def take_in_reports(request: HttpRequest):
    """A list of reports, or one, as JSON or as a form; the names of the fields are configuration."""
    return {"recorded": answering.take_in_reports(_payload(request), now=request.now)}


@router.post("/sms/replies", response=TakenIn, summary="People's replies to text messages")
def take_in_replies(request: HttpRequest):
    """`1` or 收到 is understood, `2` or 已传达 is carried on; other texts are reports and questions of residents."""
    payload = _payload(request)
    recorded, unmatched = answering.take_in_replies(payload, now=request.now)
    texts = answering.take_in_texts(payload, now=request.now)
    return {"recorded": recorded, "unmatched": unmatched, "texts": texts}


def _payload(request: HttpRequest) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return request.POST.dict()
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Problem(400, "wrong-json") from None
