"""Voice messages: which sounds are taken, told by their bytes and never by their name; what is cut off them without a codec. Pure.

What is removed: tags of MP3 (ID3, title, place, pictures), everything of a WAV
but its sound, and the user data of M4A (where phones write place and device).
WebM, Ogg and AMR are kept as they came: what a browser or a messenger writes
into them names the program, and cannot be cut out without rewriting the sound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from renwang.chain.rules import Refusal

LARGEST = 6 << 20  # bytes
LONGEST = 300  # seconds
TRANSCRIPT_AT_MOST = 4_000
AT_ONCE = 1  # with a report
MOST = 5  # of one case


class Sound(StrEnum):
    """How a voice message is written down as bytes."""

    WEBM = "webm"  # what browsers record
    OGG = "ogg"
    M4A = "m4a"  # what iPhones record; 3GP of older phones too
    MP3 = "mp3"
    AAC = "aac"
    WAV = "wav"
    AMR = "amr"  # what feature phones record; browsers do not play it


MIMES = {
    Sound.WEBM: "audio/webm",
    Sound.OGG: "audio/ogg",
    Sound.M4A: "audio/mp4",
    Sound.MP3: "audio/mpeg",
    Sound.AAC: "audio/aac",
    Sound.WAV: "audio/wav",
    Sound.AMR: "audio/amr",
}


class NotASound(Refusal):
    """The bytes are no sound of a kind that is taken, or there are moving pictures in them."""


class SoundTooLarge(Refusal):
    """The file is larger than anybody's voice message."""


class SoundTooLong(Refusal):
    """It lasts longer than anybody listens."""


class TooManySounds(Refusal):
    """One case has so many voice messages at most."""


class NothingWritten(Refusal):
    """What was said is to be written down, and nothing is."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice message as it is kept. `seconds` is None where the bytes do not say how long it lasts."""

    kind: Sound
    data: bytes
    seconds: float | None


def hear(data: bytes) -> Heard:
    """Take a voice message: its kind by its bytes, its tags cut off. Refuses with `SoundTooLarge`, `NotASound`, `SoundTooLong`."""
    if len(data) > LARGEST:
        raise SoundTooLarge(megabytes=LARGEST >> 20)
    kind = kind_of(data)
    if kind is None:
        raise NotASound
    kept = _CUT[kind](data) if kind in _CUT else data
    seconds = _LASTS[kind](kept) if kind in _LASTS else None
    if seconds is not None and seconds > LONGEST:
        raise SoundTooLong(minutes=LONGEST // 60)
    return Heard(kind, kept, seconds)


def kind_of(data: bytes) -> Sound | None:
    """Tell a sound by its first bytes; None for everything else."""
    if data.startswith(b"\x1aE\xdf\xa3"):
        pictures = b"V_VP8" in data[:4096] or b"V_VP9" in data[:4096] or b"V_MPEG4" in data[:4096]
        return Sound.WEBM if b"webm" in data[:64] and not pictures else None
    if data.startswith(b"OggS"):
        head = data[:128]
        known = (b"OpusHead", b"\x01vorbis", b"Speex   ")
        return Sound.OGG if any(one in head for one in known) else None
    if data[4:8] == b"ftyp":
        # Read without the user data: a phone may write "video" there into what is only sound.
        head = _moov(_without_user_data(data))
        return Sound.M4A if head and b"vide" not in head else None
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return Sound.WAV if {b"fmt ", b"data"} <= {name for name, _a, _e in _chunks(data)} else None
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return Sound.AMR
    return _by_frame(data)


def _by_frame(data: bytes) -> Sound | None:
    """Tell MPEG sound by the first frame behind its tags, and the one that must follow it."""
    at = _behind_id3(data)
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    if data[at + 1] & 0xF6 == 0xF0:  # layer 0: AAC in ADTS
        length = (
            (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
            if at + 6 <= len(data)
            else 0
        )
        return Sound.AAC if length > 6 and _goes_on(data, at + length, 0xF6, 0xF0) else None
    known = _frame_of(data, at)
    return Sound.MP3 if known and _goes_on(data, at + known[0], 0xE6, data[at + 1] & 0xE6) else None


def _goes_on(data: bytes, at: int, mask: int, wanted: int) -> bool:
    if at >= len(data):
        return at == len(data)
    return at + 1 < len(data) and data[at] == 0xFF and data[at + 1] & mask == wanted


# --- MP3 --------------------------------------------------------------------------

_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame_of(data: bytes, at: int) -> tuple[int, float] | None:
    """Give the bytes and seconds of a layer III frame; None where none begins."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version, rate, hertz = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or rate in (0, 15) or hertz == 3:
        return None
    per_second = _HERTZ[version][hertz]
    samples = 1152 if version == 3 else 576
    kilobits = (_RATES_1 if version == 3 else _RATES_2)[rate]
    return samples // 8 * kilobits * 1000 // per_second + (
        data[at + 2] >> 1 & 1
    ), samples / per_second


def _behind_id3(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = 0
        for sign in data[at + 6 : at + 10]:
            size = size << 7 | sign & 0x7F
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    return at


def _without_id3(data: bytes) -> bytes:
    end = len(data)
    if data[end - 128 : end - 125] == b"TAG":
        end -= 128
    if data[end - 32 : end - 24] == b"APETAGEX":
        end -= min(int.from_bytes(data[end - 20 : end - 16], "little") + 32, end)
    return data[_behind_id3(data) : end]


def _mp3_lasts(data: bytes) -> float:
    at, seconds = 0, 0.0
    while (frame := _frame_of(data, at)) is not None:
        at, seconds = at + frame[0], seconds + frame[1]
    return seconds


# --- WAV --------------------------------------------------------------------------


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at + 8 <= len(data):
        end = min(at + 8 + int.from_bytes(data[at + 4 : at + 8], "little"), len(data))
        yield data[at : at + 4], at + 8, end
        at = end + (end & 1)


def _sound_of_wav(data: bytes) -> bytes:
    """Write a WAV anew with its form and its sound, and nothing else."""
    kept = b""
    for wanted in (b"fmt ", b"data"):
        body = next(data[at:end] for name, at, end in _chunks(data) if name == wanted)
        kept += wanted + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) & 1)
    return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WAVE" + kept


def _wav_lasts(data: bytes) -> float | None:
    found = {name: (at, end) for name, at, end in _chunks(data)}
    at, end = found[b"fmt "]
    per_second = int.from_bytes(data[at + 8 : at + 12], "little") if end - at >= 12 else 0
    return (found[b"data"][1] - found[b"data"][0]) / per_second if per_second else None


# --- M4A --------------------------------------------------------------------------


def _atoms(data: bytes, at: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Give the atoms at one level: name, where it begins, where it ends."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1 and at + 16 <= end:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        stop = end if size == 0 else at + size
        if (size and size < 8) or stop > end:
            return
        yield name, at, stop
        at = stop


def _moov(data: bytes) -> bytes:
    return next((data[at:end] for name, at, end in _atoms(data) if name == b"moov"), b"")


_USER = (b"udta", b"meta", b"uuid")


def _without_user_data(data: bytes) -> bytes:
    """Blank what phones write beside the sound; every byte stays where it was, so the sound is found."""
    kept = bytearray(data)
    places = list(_atoms(data))
    for name, at, end in list(places):
        if name == b"moov":
            places.extend(_atoms(data, at + 8, end))
            for inner, begin, stop in list(_atoms(data, at + 8, end)):
                if inner == b"trak":
                    places.extend(_atoms(data, begin + 8, stop))
    for name, at, end in places:
        if name in _USER:
            kept[at + 4 : at + 8] = b"free"
            kept[at + 8 : end] = bytes(end - at - 8)
    return bytes(kept)


def _m4a_lasts(data: bytes) -> float | None:
    for name, at, end in _atoms(data):
        if name != b"moov":
            continue
        for inner, begin, _stop in _atoms(data, at + 8, end):
            if inner == b"mvhd":
                long = data[begin + 8] == 1
                place, size = (begin + 28, 8) if long else (begin + 20, 4)
                scale = int.from_bytes(data[place : place + 4], "big")
                length = int.from_bytes(data[place + 4 : place + 4 + size], "big")
                return length / scale if scale else None
    return None


# --- Ogg, AMR ----------------------------------------------------------------------


def _ogg_lasts(data: bytes) -> float | None:
    """Read the last granule of Opus, which counts 48,000 to the second."""
    last = data.rfind(b"OggS")
    if b"OpusHead" not in data[:128] or last < 0 or last + 14 > len(data):
        return None
    granule = int.from_bytes(data[last + 6 : last + 14], "little")
    return granule / 48_000 if granule < 1 << 62 else None


_AMR = (13, 14, 16, 18, 20, 21, 27, 32, 6)
_AMR_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6)


def _amr_lasts(data: bytes) -> float:
    wide = data.startswith(b"#!AMR-WB\n")
    sizes, at, frames = (_AMR_WIDE, 9, 0) if wide else (_AMR, 6, 0)
    while at < len(data):
        mode = data[at] >> 3 & 15
        at += sizes[mode] if mode < len(sizes) else 1
        frames += 1
    return frames * 0.02


_CUT = {
    Sound.MP3: _without_id3,
    Sound.WAV: _sound_of_wav,
    Sound.M4A: _without_user_data,
}
_LASTS = {
    Sound.MP3: _mp3_lasts,
    Sound.WAV: _wav_lasts,
    Sound.M4A: _m4a_lasts,
    Sound.OGG: _ogg_lasts,
    Sound.AMR: _amr_lasts,
}
