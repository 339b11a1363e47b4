"""The shapes of the duties list over the API."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema


class PostOut(Schema):
    """A post that leads or helps. Who holds it is told only to whoever may see people there."""

    id: UUID
    title: str
    unit: str = Field(description="Name of its unit")
    organisation: str = Field(description="Name of its organisation; empty for a unit's own post")


class HelperOut(Schema):
    """Who helps: a post or an organisation."""

    name: str
    post: UUID | None
    organisation: str | None = Field(description="Reference of the organisation")
    does: str


class DutyOut(Schema):
    """One duty: who leads and helps against one hazard, at one place, in one phase."""

    id: UUID
    ref: str
    hazard: str = Field(
        description="Key of a kind of hazard, `all` for all of them; any other word where no list has it"
    )
    phase: str = Field(description="prevent, prepare, respond or recover")
    unit: UUID
    path: str = Field(description="Path of the place it was made for; it holds below too")
    standing: str = Field(
        description="draft, proposed, objected, coming, in_force, superseded, withdrawn, expired"
    )
    leader: PostOut | None
    sole: str
    joint: str
    resources: str
    gathering: str
    basis: str
    helpers: list[HelperOut]
    held_from: datetime | None
    held_until: datetime | None
    supersedes: str | None = Field(description="Reference of the duty it follows")
    page: str = Field(description="Its page for people")


class Duties(Schema):
    """A page of duties."""

    items: list[DutyOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")


class AnsweringOut(Schema):
    """Who answers at a place for a hazard in a phase at a moment."""

    duty: DutyOut | None = Field(description="null where nothing holds: a hole")
    is_inherited: bool = Field(description="Made for a place above the one asked about")
    is_general: bool = Field(description="Made for all hazards, because none is for this one")
    is_held: bool = Field(description="Whether anybody stands for the post")
    is_deputy: bool = Field(description="Whether a deputy stands in")
    person: str | None = Field(description="Name of who stands for it, where you may see people")
    rivals: list[str] = Field(description="References of duties that contradict it")
