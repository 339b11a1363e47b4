"""The shapes of bulletins and questions over the API."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from renwang.bulletins.question_rules import CONTACT_AT_MOST, WORDS_AT_MOST
from renwang.web.api.shapes import Text


class TextOut(Schema):
    """Words in one language."""

    language: str = Field(description="A tag such as zh-Hans or en")
    title: str
    text: str


class SourceOut(Schema):
    """Who says so, and where that can be read."""

    who: str
    where: str = Field(description="An address, or the name of a document; may be empty")


class BulletinOut(Schema):
    """A bulletin as everybody may read it."""

    id: UUID
    ref: str
    state: str = Field(description="published, corrected, withdrawn or expired")
    path: str = Field(description="Path of the place for which it is said")
    texts: list[TextOut]
    sources: list[SourceOut]
    published_at: datetime
    ends_at: datetime | None
    corrects: str | None = Field(description="Reference of the bulletin that it corrects")
    reason: str = Field(description="Of a correction: what was wrong")
    taken_back_because: str
    page: str = Field(description="Its page for people")


class Bulletins(Schema):
    """A page of bulletins, the latest first."""

    items: list[BulletinOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")


class SpokenOut(Schema):
    """A text for reading aloud."""

    language: str
    text: str
    minutes: int


class QuestionOut(Schema):
    """An answer that everybody may read."""

    id: UUID
    ref: str
    kind: str = Field(description="question or rumour")
    state: str
    path: str
    texts: list[TextOut] = Field(description="The question as it was worded, and the answer")
    sources: list[SourceOut]
    finding: str = Field(description="Of a rumour: true, false, partly or unknown")
    next_word_at: datetime | None = Field(description="Set while it is not known yet")
    corrected_because: str
    answered_at: datetime
    page: str


class Questions(Schema):
    """A page of answers, the latest first."""

    items: list[QuestionOut]
    next: str | None = Field(description="Give it as `cursor` to read on; null at the end")


class AskIn(Schema):
    """What somebody brings."""

    place: Text = Field(description="Reference of the place")
    words: Text = Field(min_length=1, max_length=WORDS_AT_MOST)
    kind: Literal["question", "rumour"] = "question"
    contact: Text = Field(
        "", max_length=CONTACT_AT_MOST, description="Kept sealed, erased two weeks after the answer"
    )


class AskedOut(Schema):
    """What became of a question."""

    ref: str
    code: str = Field(description="The only way to the answer")
    state: str
    asked_at: datetime
    texts: list[TextOut]
    sources: list[SourceOut]
    finding: str
    next_word_at: datetime | None
    page: str
