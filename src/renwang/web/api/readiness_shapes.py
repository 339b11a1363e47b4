"""The shapes of readiness over the API."""

from datetime import datetime

from ninja import Field, Schema


class HoleOut(Schema):
    """One hole: what is wrong where, since when, who can mend it."""

    id: int
    check: str = Field(description="Key of the check; see the reference of readiness checks")
    name: str
    sentence: str = Field(description="What is wrong and what to do, in the caller's language")
    severity: str = Field(description="grave, attention or note")
    path: str = Field(description="Path of the place")
    place: str = Field(description="Its name")
    mender: str = Field(description="The capability that mends it there")
    since: datetime
    waived_until: datetime | None = Field(description="The level above lets it stand until then")
    page: str = Field(description="Its page for people")


class Holes(Schema):
    """A page of holes, the gravest first."""

    items: list[HoleOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")


class CountsOut(Schema):
    """How many holes there are; never a score."""

    grave: int
    attention: int
    note: int
    waived: int = Field(description="How many of them the level above lets stand")
