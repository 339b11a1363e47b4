"""Voice messages of a case: added by the reporter or by one of ours, and written down by a person beside the sound."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.text import search_key
from renwang.cases import voices
from renwang.cases.models import Case, Voice
from renwang.cases.rules import check_words
from renwang.cases.services.moving import REPORTER, By, hand_of, locked_case, require_handler, write
from renwang.cases.services.voicing import add_by_code, case_of_code
from renwang.cases.voice_rules import MOST, TRANSCRIPT_AT_MOST, Heard, NothingWritten, TooManySounds
from renwang.chain.reach import require


@transaction.atomic
def speak_by_code(
    code: str, words: str, sound: bytes, *, now: datetime, files: Sequence[bytes] = ()
) -> Case:
    """Let the reporter say more with his voice, with words beside it or without.

    Where another case stands for his own, the voice lies there, and its reporter does not hear it.
    Refuses like `add_by_code`, and with what `voices` refuses.
    """
    heard = voices.listen([sound])
    case = add_by_code(code, words.strip() or voices.unwritten(""), now=now, files=files)
    own = case_of_code(code)
    shown = own is not None and own.pk == case.pk
    _keep(case, heard, by=REPORTER, now=now, is_reporters=True, is_shown=shown)
    return case


@transaction.atomic
def add_voice(
    case_id: UUID, data: bytes, *, by: By, now: datetime, shown: bool = False
) -> list[Voice]:
    """Keep a voice message that one of ours was given or recorded; shown to the reporter or not.

    Refuses with what `voices` refuses and `reach.NotInReach`.
    """
    heard = voices.listen([data])
    case = locked_case(case_id)
    if case.entered_by is None or case.entered_by != hand_of(by):
        require_handler(by, case)
    else:
        require(by, "cases.report", at=case.path)
    return _keep(case, heard, by=by, now=now, is_reporters=False, is_shown=shown)


def _keep(
    case: Case, heard: Sequence[Heard], *, by: By, now: datetime, is_reporters: bool, is_shown: bool
) -> list[Voice]:
    rows = voices.as_rows(
        case, heard, by=hand_of(by), now=now, is_reporters=is_reporters, is_shown=is_shown
    )
    known = set(Voice.objects.filter(case=case).values_list("digest", flat=True))
    new = [one for one in rows if one.digest not in known]
    too_many = len(known) + len(new) > MOST
    voices.drop([one for one in rows if too_many or one not in new])
    if too_many:
        raise TooManySounds(most=MOST)
    if new:
        Voice.objects.bulk_create(new)
        write(case, "voice", shown=is_shown, by=by, now=now)
        journal.record("cases.spoken", case, by=by, at=now, count=len(new))
    return new


@transaction.atomic
def write_down(voice_id: UUID, words: str, *, by: By, now: datetime) -> Voice:
    """Write down what a voice message says; the sound stays, and what was written is found by a search.

    Refuses with `NothingWritten`, `WordsTooLong` and `reach.NotInReach`.
    """
    if not words.strip():
        raise NothingWritten
    words = check_words(words, TRANSCRIPT_AT_MOST)
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = locked_case(voice.case_id)
    require_handler(by, case)
    voice.transcript, voice.written_by, voice.written_at = words, hand_of(by), now
    voice.save(update_fields=["transcript", "written_by", "written_at"])
    others = (
        Voice.objects.filter(case=case).exclude(transcript="").values_list("transcript", flat=True)
    )
    said = [case.words, case.place, *others.order_by("at")]
    case.search = " ".join(key for key in map(search_key, said) if key)
    case.save(update_fields=["search"])
    write(case, "written", by=by, now=now)
    journal.record("cases.written_down", case, by=by, at=now)
    return voice
