"""The shapes of drafts over the API."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema

from renwang.web.api.shapes import Moment, Text

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]


class TextsIn(Schema):
    """What is said in one language. Blanks such as {place} and {until} are filled in by the node."""

    headline: Text = Field("", max_length=300)
    description: Text = Field("", max_length=3000)
    instruction: Text = Field("", max_length=3000)


class CircleIn(Schema):
    """A circle, WGS-84."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    radius_m: float = Field(gt=0, le=100_000)


class WordsIn(Schema):
    """What a draft says. What is left out stays as it is; in a new draft, as the wordings have it."""

    hazard: Text | None = Field(None, max_length=40, description="A key such as `rainstorm`")
    colour: Literal["", "blue", "yellow", "orange", "red"] | None = Field(
        None, description="Empty for advice"
    )
    texts: dict[Language, TextsIn] | None = Field(
        None, description="Language to texts; instead of the wordings", max_length=12
    )
    contact: Text | None = Field(None, max_length=300, description="Where people can ask")
    note: Text | None = Field(None, max_length=300, description="Local, shown apart")
    place_words: Text | None = Field(None, max_length=300)
    units: list[UUID] | None = Field(None, max_length=500, description="Units in which it applies")
    polygons: list[list[tuple[float, float]]] | None = Field(
        None, max_length=20, description="Corners as longitude, latitude, WGS-84"
    )
    circles: list[CircleIn] | None = Field(None, max_length=20)
    begins_at: Moment | None = Field(None, description="Left out: now")
    ends_at: Moment | None = None


class DraftIn(WordsIn):
    """A new draft."""

    unit: UUID = Field(description="Who speaks")
    kind: Literal["warning", "advice", "exercise", "relay"]
    about: UUID | None = Field(None, description="The warning that a relay relays")
    proposal: UUID | None = Field(None, description="The proposal of signals it grew from")


class FollowIn(Schema):
    """What a new draft does to a message that was issued here."""

    follow: Literal["update", "extend", "upgrade", "downgrade", "correct", "lift", "take_back"]


class SeenIn(Schema):
    """Which revision was read by whoever decides."""

    revision: int = Field(ge=1)


class RemarkIn(Schema):
    """Why a draft is given back."""

    remark: Text = Field(min_length=1, max_length=500)


class DraftOut(Schema):
    """A draft as it stands."""

    id: UUID
    ref: str
    kind: str
    state: str = Field(description="draft, submitted, approved, issued or dropped")
    title: str
    unit: UUID
    path: str
    hazard: str
    colour: str
    texts: dict[str, TextsIn]
    contact: str
    note: str
    units: list[UUID]
    begins_at: Moment | None
    ends_at: Moment | None
    follow: str
    about: UUID | None
    alert: UUID | None = Field(description="What it became")
    proposal: UUID | None
    revision: int = Field(description="Send it along when you decide")
    remark: str
    faults: list[str] = Field(description="What keeps it from being submitted, by key")
    lacking: list[str] = Field(description="Languages that are not complete and will not go out")


class Drafts(Schema):
    """A page of drafts, the latest changed first."""

    items: list[DraftOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")
