"""Voice messages of cases: taken with a report or later, heard by who may, written down beside the sound, forgotten with the words."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from renwang.cases import services, voices
from renwang.cases.models import Case, Step, Voice
from renwang.cases.rules import WordsMissing
from renwang.cases.selectors import Wanted, list_cases, voice_of
from renwang.cases.tracking import track, voice_by_code
from renwang.cases.voice_rules import MOST, NotASound, NothingWritten, TooManySounds
from renwang.chain.reach import NotInReach
from tests.cases.conftest import brought, entered, taken
from tests.cases.test_voice_rules import m4a, wav
from tests.web.desk_pages import LANGUAGES, as_
from tests.web.test_public_cases import browser, sent


def files() -> set[str]:
    """The names of the files that are kept now."""
    kept = default_storage.exists("voices")
    return set(default_storage.listdir("voices")[1]) if kept else set()


def spoken(cast, **changes) -> Case:
    """A case that was told by voice alone."""
    return brought(cast, "", sounds=[wav()], **changes)


def file(data: bytes, name: str = "a.wav") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "audio/wav")


class TestRefused:
    def test_neither_words_nor_voice(self, cast):
        with pytest.raises(WordsMissing):
            brought(cast, " ")

    def test_what_is_no_sound_whatever_it_is_called(self, cast):
        before = files()
        with pytest.raises(NotASound):
            brought(cast, "", sounds=[b"<script>"])
        assert not Case.objects.exists() and files() == before

    def test_more_than_a_few(self, cast):
        case = spoken(cast)
        by = cast.viewer(cast.secretary)
        for number in range(2, MOST + 1):
            services.add_voice(case.pk, wav(number), by=by, now=cast.now)
        before = files()
        with pytest.raises(TooManySounds):
            services.add_voice(case.pk, wav(9), by=by, now=cast.now)
        assert Voice.objects.count() == MOST and files() == before

    def test_a_stranger_neither_hears_nor_writes(self, cast):
        voice = spoken(cast).voices.get()
        stranger = cast.viewer(cast.stranger)
        assert voice_of(stranger, voice.pk) is None
        with pytest.raises(NotInReach):
            services.write_down(voice.pk, "路灯坏了", by=stranger, now=cast.now)

    def test_writing_nothing_down(self, cast):
        voice = spoken(cast).voices.get()
        with pytest.raises(NothingWritten):
            services.write_down(voice.pk, " ", by=cast.viewer(cast.secretary), now=cast.now)

    def test_a_masked_one_is_heard_only_by_who_handles_it(self, cast):
        case = entered(cast, sounds=[wav()])
        by = cast.viewer(cast.secretary)
        services.mask_case(case.pk, "（已遮盖）", "含他人电话", by=by, now=cast.now)
        voice = case.voices.get()
        assert voice_of(by, voice.pk) == voice
        assert voice_of(cast.viewer(cast.head), voice.pk) is None


class TestAVoice:
    def test_may_stand_alone(self, cast):
        case = spoken(cast, language="zh-hans")
        voice = case.voices.get()
        assert case.words == "语音留言，尚未记录成文字"
        assert (voice.kind, voice.seconds, voice.is_reporters, voice.is_shown) == (
            "wav",
            1,
            True,
            True,
        )
        assert voices.bytes_of(voice) == wav()

    def test_stays_as_it_was_beside_what_is_written_down(self, cast):
        case = spoken(cast)
        voice, by = case.voices.get(), cast.viewer(cast.secretary)
        services.write_down(voice.pk, "六号楼的电梯又停了", by=by, now=cast.now)
        voice.refresh_from_db()
        assert (voice.transcript, voice.written_by) == ("六号楼的电梯又停了", by.id)
        assert voices.bytes_of(voice) == wav() and Case.objects.get().words == case.words
        found = list_cases(by, Wanted(text="电梯"), now=cast.now).items
        assert found == [case]

    def test_can_be_said_later_by_the_code(self, cast):
        told = taken(cast)
        services.speak_by_code(told.code, "", m4a(), now=cast.now)
        assert told.case.voices.get().kind == "m4a"
        assert Step.objects.filter(case=told.case, act="voice", is_shown=True).count() == 1

    def test_is_not_heard_by_another_reporter_whose_case_stands_for_it(self, cast):
        told, into = taken(cast), taken(cast)
        by = cast.viewer(cast.secretary)
        services.merge_case(told.case.pk, into.case.pk, by=by, now=cast.now)
        services.speak_by_code(told.code, "", wav(), now=cast.now)
        voice = into.case.voices.get()
        assert voice_by_code(into.code, voice.pk) is None and not track(into.code).voices
        assert voice_of(by, voice.pk) == voice

    def test_the_same_twice_is_one(self, cast):
        case, by = spoken(cast), cast.viewer(cast.secretary)
        before = files()
        assert services.add_voice(case.pk, wav(), by=by, now=cast.now) == []
        assert files() == before

    def test_is_forgotten_with_the_words(self, cast):
        case = spoken(cast)
        Case.objects.filter(pk=case.pk).update(erase_at=cast.now)
        assert services.erase_words(cast.now) == 1
        assert not Voice.objects.exists()

    def test_dust_is_swept(self, cast):
        voice = spoken(cast).voices.get()
        Voice.objects.all().delete()
        stamp = default_storage.get_modified_time(voices.file_of(voice.pk))
        voices.sweep(stamp + timedelta(minutes=1))
        assert voices.bytes_of(voice) is not None
        assert voices.sweep(stamp + timedelta(hours=2)) >= 1
        assert voices.bytes_of(voice) is None


class TestOnScreen:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_resident_says_it_and_hears_it_again(self, cast, language):
        client = browser(language)
        path = f"/places/{cast.grid.ref}/report/"
        assert sent(client, path, words="", voice=file(b"no sound")).status_code == 422
        assert sent(client, path, words="").status_code == 422
        answer = sent(client, path, words="", voice=file(wav()))
        assert answer.status_code == 303
        page = client.get(answer["Location"]).content.decode()
        code, voice = answer["Location"].split("/")[2], Voice.objects.get()
        assert f"/c/{code}/voices/{voice.pk}/" in page
        assert client.get(f"/c/{code}/voices/{voice.pk}/")["Content-Type"] == "audio/wav"
        assert client.get(f"/c/WRONG/voices/{voice.pk}/").status_code == 404
        more = client.post(f"/c/{code}/add/", {"words": "", "voice": file(wav(2))})
        assert more.status_code == 303 and Voice.objects.count() == 2

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_desk_listens_writes_and_adds(self, cast, language):
        case, client = spoken(cast), as_(cast.secretary, language)
        voice = case.voices.get()
        page = client.get(f"/desk/cases/{case.ref}/").content.decode()
        assert f"/desk/cases/voices/{voice.pk}/" in page
        heard = client.get(f"/desk/cases/voices/{voice.pk}/?file=1")
        assert heard.content == wav() and case.ref in heard["Content-Disposition"]
        write = f"/desk/cases/voices/{voice.pk}/write/"
        assert client.post(write, {"transcript": "灯坏了"}).status_code == 303
        assert "灯坏了" in client.get(f"/desk/cases/{case.ref}/").content.decode()
        speak = f"/desk/cases/{case.ref}/speak/"
        assert client.post(speak, {}).status_code == 303
        assert client.post(speak, {"voice": file(b"x")}).status_code == 303
        assert client.post(speak, {"voice": file(m4a()), "shown": "yes"}).status_code == 303
        assert case.voices.filter(is_shown=True).count() == 2

    def test_the_field_hears_it_and_a_stranger_does_not(self, cast):
        case = spoken(cast)
        voice = case.voices.get()
        client = as_(cast.worker)
        assert (
            f"/field/cases/voices/{voice.pk}/"
            in client.get(f"/field/cases/{case.ref}/").content.decode()
        )
        assert client.get(f"/field/cases/voices/{voice.pk}/").content == wav()
        for path in (f"/field/cases/voices/{voice.pk}/", f"/desk/cases/voices/{voice.pk}/"):
            assert as_(cast.stranger).get(path).status_code == 404
        write = f"/desk/cases/voices/{voice.pk}/write/"
        assert as_(cast.stranger).post(write, {"transcript": "x"}).status_code == 404
