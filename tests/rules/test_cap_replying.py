"""Ack and Error: written, read back, and never answered themselves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.alerts import cap

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
SENT = cap.Moment("2026-07-15T09:30:00+08:00")

names = st.text(
    st.characters(exclude_characters=' ,<&"\u00a0', exclude_categories=("Cs", "Cc", "Z", "Cn")),
    min_size=1,
    max_size=40,
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=200)


def message(**changes) -> cap.Alert:
    base = {
        "identifier": "W-1",
        "sender": "weather@example.org",
        "sent": SENT,
        "status": cap.Status.ACTUAL,
        "msg_type": cap.MsgType.ALERT,
        "scope": cap.Scope.PUBLIC,
    }
    return cap.Alert(**{**base, **changes})


def reply(about: cap.Alert, msg_type=cap.MsgType.ACK, note: str = "taken") -> cap.Alert:
    return cap.write_reply(
        about, msg_type, identifier="RW.1", sender="us@here", sent=cap.Moment.of(NOW), note=note
    )


@pytest.mark.parametrize("msg_type", [cap.MsgType.ACK, cap.MsgType.ERROR])
def test_a_reply_is_never_answered(msg_type):
    assert cap.is_reply(message(msg_type=msg_type))
    assert not cap.may_be_answered(message(msg_type=msg_type))


def test_a_draft_is_not_answered_and_neither_is_what_cannot_be_named():
    assert not cap.may_be_answered(message(status=cap.Status.DRAFT))
    for odd in ("two words", "a,b", ""):
        assert not cap.may_be_answered(message(sender=odd))
        assert not cap.may_be_answered(message(identifier=odd))
    assert cap.may_be_answered(message())


def test_an_error_says_why_and_nothing_else_passes_for_a_reply():
    with pytest.raises(ValueError):
        reply(message(), cap.MsgType.ERROR, "  ")
    with pytest.raises(ValueError):
        reply(message(), cap.MsgType.ALERT)


@given(
    sender=names,
    identifier=names,
    note=words,
    msg_type=st.sampled_from([cap.MsgType.ACK, cap.MsgType.ERROR]),
    status=st.sampled_from([one for one in cap.Status if one is not cap.Status.DRAFT]),
)
def test_what_is_written_is_read_back_and_names_the_message(
    sender, identifier, note, msg_type, status
):
    about = message(sender=sender, identifier=identifier, status=status)
    written = reply(about, msg_type, note if note.strip() else "why")
    back = cap.read(cap.write(written)).alert
    assert back == written
    assert back.refers_to == (about.as_reference,)
    assert back.addressees == (sender,) or '"' in sender
    assert (back.status, back.scope, back.infos) == (status, cap.Scope.PRIVATE, ())
    assert not cap.find_doubts(back) or {"`", "'"} & set(sender + identifier)
    assert cap.is_reply(back) and not cap.may_be_answered(back)
