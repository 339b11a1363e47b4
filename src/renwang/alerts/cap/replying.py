"""Answer a message with `Ack` or `Error`, as the standard has it: about exactly one message, to its sender only."""

from .model import Alert, Moment, MsgType, Scope, Status, join_references

REPLIES = frozenset({MsgType.ACK, MsgType.ERROR})
_UNANSWERED = frozenset({Status.DRAFT})


def is_reply(alert: Alert) -> bool:
    """Is it an answer to an earlier message, and none that says something itself?"""
    return alert.msg_type in REPLIES


def may_be_answered(alert: Alert) -> bool:
    """Is it a message that can be answered at all?

    Never a reply, or two nodes would thank each other for ever; never a draft,
    which nobody has sent yet; and never one whose name cannot be written into
    `references`, because nobody would know which one is meant.
    """
    if is_reply(alert) or alert.status in _UNANSWERED:
        return False
    named = Alert(
        "", "", alert.sent, alert.status, MsgType.ACK, Scope.PRIVATE,
        references=str(alert.as_reference),
    )  # fmt: skip
    return named.refers_to == (alert.as_reference,)


def write_reply(
    about: Alert, msg_type: MsgType, *, identifier: str, sender: str, sent: Moment, note: str
) -> Alert:
    """Compose the answer to a message, with its status: a test is answered by a test.

    It is private to the sender of the message. An `Error` without a note says
    nothing and raises ValueError, as does what is no reply.
    """
    if msg_type not in REPLIES:
        raise ValueError(msg_type)
    if msg_type is MsgType.ERROR and not note.strip():
        raise ValueError("an error says why")
    return Alert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=about.status,
        msg_type=msg_type,
        scope=Scope.PRIVATE,
        addresses=f'"{about.sender}"' if any(map(str.isspace, about.sender)) else about.sender,
        note=note,
        references=join_references([about.as_reference]),
    )
