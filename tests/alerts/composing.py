"""What the tests of composing share: a key for the node, and drafts as the cast would write them."""

from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast

from renwang.alerts.composing_rules import Kind
from renwang.alerts.drafts import Draft
from renwang.alerts.services import approve_draft, issue_draft, submit_draft, write_draft
from renwang.chain.models import Unit

CONTACT = "街道值班室 023-61234567"


def advice(cast: Cast, now: datetime, unit: Unit | None = None, **values: Any) -> Draft:
    """Advice about rain, begun by the duty officer of the sub-district."""
    return write_draft(
        unit or cast.street,
        values.pop("kind", Kind.ADVICE),
        by=cast.viewer(values.pop("by", cast.officer)),
        now=now,
        values={
            "hazard": "rainstorm",
            "contact": CONTACT,
            "ends_at": now + timedelta(hours=6),
            **values,
        },
    )


def agreed(draft: Draft, cast: Cast, now: datetime) -> Draft:
    """Submitted by its author and approved by the operator."""
    submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
    return approve_draft(draft.pk, by=cast.viewer(cast.operator), now=now)


def issued(draft: Draft, cast: Cast, now: datetime) -> Draft:
    """Agreed on and sent out."""
    agreed(draft, cast, now)
    issue_draft(draft.pk, by=cast.viewer(cast.operator), now=now)
    draft.refresh_from_db()
    return draft
