"""Voice messages by their bytes: what is taken, what is refused, what is cut off, how long it lasts."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.voice_rules import (
    LARGEST,
    LONGEST,
    NotASound,
    Sound,
    SoundTooLarge,
    SoundTooLong,
    hear,
    kind_of,
)

pytestmark = pytest.mark.anywhere


def wav(seconds: float = 1, more: bytes = b"") -> bytes:
    """A mono WAV of 8,000 bytes to the second."""
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    sound = bytes(int(8000 * seconds))
    body = form + more + b"data" + len(sound).to_bytes(4, "little") + sound
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WAVE" + body


def atom(name: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


def m4a(seconds: int = 2, user: bytes = b"", film: bool = False) -> bytes:
    """An M4A with a head, user data and a little sound."""
    head = atom(
        b"mvhd", bytes(12) + (1000).to_bytes(4, "big") + (seconds * 1000).to_bytes(4, "big")
    )
    track = atom(b"trak", atom(b"mdia", atom(b"hdlr", bytes(8) + (b"vide" if film else b"soun"))))
    inside = head + track + (atom(b"udta", user) if user else b"")
    return atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"moov", inside) + atom(b"mdat", b"\x01" * 64)


def mp3(frames: int = 10) -> bytes:
    """MPEG 1 layer III frames of 128 kbit/s at 44,100 Hz."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def id3(words: bytes) -> bytes:
    size = len(words)
    signs = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + signs + words


def ogg(seconds: int = 3) -> bytes:
    page = b"OggS\0\2" + bytes(8) + bytes(14) + b"OpusHead" + bytes(20)
    return page + b"OggS\0\4" + (48_000 * seconds).to_bytes(8, "little") + bytes(20)


WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(40) + b"A_OPUS" + bytes(100)
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50


class TestRefused:
    @pytest.mark.parametrize(
        "data",
        [
            b"", b"MZ\x90\0", b"%PDF-1.7", b"\xff\xd8\xff\xe0" + bytes(50), b"<html><script>",
            b"RIFF\0\0\0\0WAVE", b"OggS" + bytes(60), m4a(film=True),
            WEBM.replace(b"A_OPUS", b"V_VP8\0"), b"\xff\xfb\x90\x00" + bytes(500), b"ID3",
        ],
    )  # fmt: skip
    def test_what_is_no_sound(self, data):
        with pytest.raises(NotASound):
            hear(data)

    def test_too_large_and_too_long(self):
        with pytest.raises(SoundTooLarge):
            hear(bytes(LARGEST + 1))
        for data in (wav(LONGEST + 1), m4a(LONGEST + 1), ogg(LONGEST + 1)):
            with pytest.raises(SoundTooLong):
                hear(data)

    @given(st.binary(max_size=600))
    def test_nothing_breaks_it(self, data):
        for head in (
            b"",
            b"RIFF\0\0\0\0WAVE",
            b"OggS",
            b"\0\0\0\x10ftyp",
            b"ID3",
            b"\xff\xfb\x90",
            b"#!AMR\n",
        ):
            try:
                heard = hear(head + data)
            except (NotASound, SoundTooLong):
                continue
            assert len(heard.data) <= len(head + data) + 8


class TestTaken:
    @pytest.mark.parametrize(
        ("data", "kind", "seconds"),
        [
            (wav(2), Sound.WAV, 2), (m4a(7), Sound.M4A, 7), (ogg(3), Sound.OGG, 3),
            (AMR, Sound.AMR, 1), (WEBM, Sound.WEBM, None), (mp3(100), Sound.MP3, 2.612),
            (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9), Sound.AAC, None),
        ],
    )  # fmt: skip
    def test_by_its_bytes(self, data, kind, seconds):
        heard = hear(data)
        assert heard.kind is kind
        assert heard.seconds == (pytest.approx(seconds, abs=0.01) if seconds else None)

    def test_without_the_place_that_a_phone_wrote(self):
        place = b"\xa9xyz+29.5630+106.5516/ Huawei"
        whole = m4a(user=place)
        kept = hear(whole)
        assert b"29.56" not in kept.data and len(kept.data) == len(whole)
        assert kept.data[-64:] == whole[-64:] and kind_of(kept.data) is Sound.M4A

    def test_whatever_a_phone_wrote_beside_the_sound(self):
        assert hear(m4a(user=b"made by Super video recorder")).kind is Sound.M4A

    def test_without_tags(self):
        tagged = id3(b"TIT2 my name and a picture") + mp3() + b"TAG" + b"artist".ljust(125)
        assert hear(tagged).data == mp3()
        noted = wav(1, more=b"LIST" + (20).to_bytes(4, "little") + b"INFOIART  a my name ")
        assert hear(noted).data == wav(1)

    @given(st.binary(max_size=300))
    def test_what_is_cut_is_cut_once_for_all(self, words):
        for data in (
            id3(words) + mp3(),
            m4a(user=words + b"x"),
            wav(0.1, b"LIST" + len(words).to_bytes(4, "little") + words + b"\0" * (len(words) & 1)),
        ):
            once = hear(data).data
            assert hear(once).data == once
