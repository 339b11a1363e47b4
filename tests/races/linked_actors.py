"""A second node with a database of its own that answers its Open311: what a linked system is to the first one."""

import base64
from datetime import datetime
from unittest.mock import patch

from django.test import Client, override_settings
from tests.cast import assemble

from renwang.cases import services
from renwang.cases.answer_rules import Said
from renwang.cases.models import Case
from renwang.cases.rules import End
from renwang.chain.services.accounts import issue_token


def found_node(moment: str) -> dict[str, str]:
    """Set the node up with a key for another one, which may bring cases in and read its own."""
    now = datetime.fromisoformat(moment)
    cast = assemble(now)
    by = cast.viewer(cast.operator)
    _token, key = issue_token(
        person=cast.operator, label="above", scopes=["cases.report", "cases.see"], by=by, now=now
    )
    return {"key": key, "jurisdiction": cast.street.code}


def answer(
    method: str, address: str, headers: dict[str, str], body: str, moment: str
) -> tuple[int, dict[str, str], str]:
    """Answer one request as this node does."""
    now = datetime.fromisoformat(moment)
    with (
        patch("renwang.web.frame.middleware.read_clock", lambda: now),
        override_settings(ALLOWED_HOSTS=["testserver"]),
    ):
        got = Client().generic(
            method,
            address,
            base64.b64decode(body),
            content_type=headers.get("content-type", "text/plain"),
            headers={
                name: value
                for name, value in headers.items()
                if name in ("accept", "idempotency-key")
            },
        )
    return got.status_code, dict(got.headers), base64.b64encode(got.content).decode()


def settle(moment: str) -> str:
    """Answer and close the only case here; give its number."""
    now = datetime.fromisoformat(moment)
    case = Case.objects.get()
    said = Said(
        "7 月 16 日照明所更换灯头，当晚八点复查已亮。",
        End.DONE,
        ground="维修单",
        following="一周后复查",
    )
    services.answer_case(case.pk, said, by="node:race", now=now)
    services.close_silent(case.pk, by="node:race", now=now)
    return case.ref


def stories() -> list[dict[str, object]]:
    """Give what stands here."""
    return [
        {"words": one.words, "kind": one.kind, "steps": [step.act for step in one.steps.all()]}
        for one in Case.objects.all()
    ]
