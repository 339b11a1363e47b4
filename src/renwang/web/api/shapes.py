"""The shapes of what the API gives and takes; every field says what it means."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime


def _without_null(text: str) -> str:
    """Refuse a NUL character, which PostgreSQL cannot keep."""
    if "\0" in text:
        raise ValueError("a NUL character")
    return text


def _within_the_calendar(moment: datetime) -> datetime:
    """Refuse what cannot be brought into another time zone, or was meant otherwise."""
    if not 1970 <= moment.year < 3000:
        raise ValueError("a year between 1970 and 2999")
    return moment


Text = Annotated[str, AfterValidator(_without_null)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]


class UnitOut(Schema):
    """A unit with its sums over everything below it."""

    id: UUID
    ref: str = Field(description="Readable over a telephone")
    code: str = Field(description="Official code; empty where it has none")
    name: str
    structure: str
    level: str
    path: str = Field(description="Place path: codes from the top down, between slashes")
    since_on: str
    ended_on: str | None
    lon: float | None = Field(description="WGS-84")
    lat: float | None
    figures: dict[str, int] = Field(
        description="units, posts, vacant, people, unreachable, buildings, households, residents"
    )


class Units(Schema):
    """A page of units."""

    items: list[UnitOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")
    total: int
    total_is_exact: bool


class AlertOut(Schema):
    """A warning as this node reads it. The document itself is at `/alerts/{id}/cap`."""

    id: UUID
    ref: str
    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    state: str = Field(
        description="received, in_force, superseded, cancelled, expired or dismissed"
    )
    event: str
    colour: str = Field(description="red, orange, yellow, blue, or empty")
    headline: str
    description: str
    instruction: str
    sender_name: str
    language: str
    area: str
    effective_at: datetime | None
    onset_at: datetime | None
    expires_at: datetime | None
    signature: str = Field(description="Standing of the signature, `unsigned` where there is none")
    findings: list[str] = Field(description="What is odd about it, in words")
    places: list[str] = Field(description="Paths of the topmost units in which it applies")
    is_exercise: bool
    superseded_by: UUID | None


class ReplyOut(Schema):
    """What another node answered, as it is kept. A duplicate is the same one."""

    id: UUID
    ref: str
    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str = Field(description="`Ack`, or `Error` with the reason in `note`")
    note: str
    signature: str = Field(description="Only `valid` proves anything")
    signer: str
    received_at: datetime
    about: list[UUID] = Field(
        description="The warnings here that it speaks of; empty while none of them is here"
    )


class PartyOut(Schema):
    """Another node and where it stands to a warning."""

    sender: str
    label: str = Field(description="Empty for one that is not entered here")
    stand: str = Field(description="confirmed, refused, silent or unproven")
    is_expected: bool
    signature: str
    signer: str
    note: str
    received_at: datetime | None


class OwnReplyOut(Schema):
    """What this node answered to who sent the warning."""

    ref: str
    msg_type: str
    reason: str
    state: str = Field(description="waiting, handed, turned_away, given_up or unsigned")
    made_at: datetime
    ended_at: datetime | None
    trouble: str


class RepliesOut(Schema):
    """Other nodes by where they stand, and our own answers. None of it counts households."""

    confirmed: int
    refused: int
    silent: int
    unproven: int
    parties: list[PartyOut]
    ours: list[OwnReplyOut]


class Alerts(Schema):
    """A page of warnings, the latest arrival first."""

    items: list[AlertOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")


class RelayIn(Schema):
    """From where a warning is carried down, and the local note that goes with it."""

    unit: UUID = Field(description="The unit that relays")
    note: Text = Field("", max_length=2000, description="Shown apart from the signed words")
    places: list[Text] = Field([], description="Paths that narrow the area; empty for all of it")
    language: Text = Field("", description="Language of the words; empty for the first one")


class RelayOut(Schema):
    """A relay under way."""

    id: UUID
    ref: str
    alert: UUID
    notice: UUID
    path: str
    note: str
    decided_at: datetime


class CoverageOut(Schema):
    """How far the words got in one place. `sent` has not been received by anybody."""

    path: str
    posts: int
    vacant: int
    sent: int
    delivered: int
    read: int
    understood: int
    carried: int
    silent: int
    households: int
    covered: int
    by_channel: dict[str, int]
    median_seconds: float | None = Field(description="From being asked to a human answer")
    slowest_seconds: float | None = Field(description="95 of 100 answers came sooner")


class MissingOut(Schema):
    """A post in which nobody has answered, and what is being done about it."""

    call: int
    path: str
    unit: str
    post: str
    state: str
    asked: str = Field(description="Who is being asked now; empty when nobody is")
    rank: int = Field(description="0 the holder, 1 and up his deputies")
    channel: str
    until: datetime | None
    next_person: str
    bypassed_at: datetime | None


class CallOut(Schema):
    """A warning that the caller is asked to carry on."""

    id: int
    path: str
    state: str
    title: str
    words: str = Field(description="The signed words, untouched")
    words_mark: str = Field(description="Hand it back as `seen` with the answer")
    note: str = Field(description="The local note")
    colour: str
    is_exercise: bool
    due_at: datetime | None
    households: int
    covered: int
    delivered_at: datetime | None
    read_at: datetime | None
    understood_at: datetime | None
    carried_at: datetime | None


class AnswerIn(Schema):
    """What somebody says about a warning he was sent."""

    receipt: Literal["read", "understood", "carried"]
    households_told: int | None = Field(None, ge=0, le=100_000)
    at: Moment | None = Field(None, description="When it happened; null for now")
    seen: str = Field("", max_length=16, description="`words_mark` of the words he had before him")


class RoundIn(Schema):
    """A knock, a gong or a loudspeaker round. The id is yours: the same one again changes nothing."""

    id: UUID
    kind: Literal["knock", "gong", "loudspeaker"]
    households: int = Field(1, ge=0, le=100_000)
    household: UUID | None = Field(None, description="One door, for a knock")
    answered: bool = True
    witness: Text = Field("", max_length=80)
    at: Moment | None = None


class RoundOut(Schema):
    """A round as it was recorded."""

    id: UUID
    call: int
    kind: str
    households: int
    at: datetime


class ReceiptIn(Schema):
    """One receipt of a batch, naming its call, the attempt, or the provider's own message id."""

    receipt: Literal["sent", "delivered", "read", "understood", "carried"]
    at: Moment
    call: int | None = None
    attempt: UUID | None = None
    provider_id: Text = ""
    via: Text = Field("", max_length=12)


class ReceiptsIn(Schema):
    """A batch of receipts, at most 5,000."""

    receipts: list[ReceiptIn] = Field(max_length=5000)


class FactOut(Schema):
    """A sealed fact of the journal."""

    seq: int
    fact: UUID
    verb: str
    subject_kind: str
    subject_id: str
    subject_ref: str
    place: str
    actor: str
    at: datetime
    recorded_at: datetime
    is_exercise: bool
    facts: dict[str, Any]
    digest: str


class Facts(Schema):
    """Facts in the order in which they were sealed."""

    items: list[FactOut]
    after: int = Field(description="Give it as `after` to ask what came since")
