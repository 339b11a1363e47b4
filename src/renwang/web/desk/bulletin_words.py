"""How plain words are, for whoever writes them: marked spots, lengths, how long reading aloud takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from renwang.bulletins.plain_rules import Piece, advise, mark
from renwang.bulletins.reading import Said
from renwang.bulletins.rules import TEXT_AT_MOST, TITLE_AT_MOST, spread
from renwang.bulletins.words import explain_spot
from renwang.outreach.channels.sms_text import measure


@dataclass(frozen=True, slots=True)
class Advised:
    """Words with their hard spots marked; each spot says what is hard about it."""

    said: Said
    pieces: list[tuple[Piece, str]]
    reasons: list[tuple[str, str]]  # the spot, and what is hard about it
    title_length: int
    title_at_most: int
    length: int
    at_most: int
    messages: int  # as text messages

    @property
    def is_too_long(self) -> bool:
        """Whether the title or the text will be refused."""
        return self.title_length > self.title_at_most or self.length > self.at_most


def advise_on(all_said: Iterable[Said]) -> list[Advised]:
    """Advise on words in each language; nothing here refuses anything."""
    return [_advise(said) for said in all_said]


def _advise(said: Said) -> Advised:
    spots = advise(said.text, said.language)
    pieces = [
        (piece, explain_spot(piece.spot) if piece.spot else "") for piece in mark(said.text, spots)
    ]
    reasons = [(said.text[spot.start : spot.end], explain_spot(spot)) for spot in spots]
    return Advised(
        said,
        pieces,
        reasons,
        len(said.title),
        TITLE_AT_MOST * spread(said.language),
        len(said.text),
        TEXT_AT_MOST,
        measure(f"{said.title}\n{said.text}").parts,
    )
