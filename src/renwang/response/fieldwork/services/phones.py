"""Phones that work without a network: let one in, meet it, end it, call it lost, have it wipe itself."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import transaction

from renwang.base import journal
from renwang.chain.reach import Viewer, require
from renwang.response.fieldwork.models import Phone
from renwang.response.fieldwork.rules import (
    PhoneEnded,
    PhoneLost,
    PhoneOfAnother,
    PhoneUnknown,
)
from renwang.response.fieldwork.services.uploads import drop_uploads

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a phone was met; each note is a write."""


@transaction.atomic
def let_phone_in(
    phone_id: UUID, name: str, *, session: str = "", by: Viewer, now: datetime
) -> Phone:
    """Let a signed-in browser work without a network; asking again changes nothing.

    `session` is the key of its session. Refuses with `PhoneOfAnother`, `PhoneEnded` and `PhoneLost`.
    """
    phone, is_new = Phone.objects.get_or_create(
        id=phone_id,
        defaults={
            "person": by.person, "name": name.strip()[:80], "let_in_at": now, "met_at": now,
            "session": _session(session),
        },
    )  # fmt: skip
    _check(phone, by)
    if is_new:
        _tell("fieldwork.phone_let_in", phone, by=by, now=now)
    else:
        _note(phone, session, now)
    return phone


def meet_phone(phone_id: UUID, *, session: str = "", by: Viewer, now: datetime) -> Phone:
    """Find the phone that asks, and note once a minute that it was met.

    Refuses with `PhoneUnknown`, `PhoneOfAnother`, `PhoneEnded` and `PhoneLost`.
    """
    phone = Phone.objects.select_related("session").filter(pk=phone_id).first()
    if phone is None:
        raise PhoneUnknown
    _check(phone, by)
    _note(phone, session, now)
    return phone


def _check(phone: Phone, by: Viewer) -> None:
    if phone.lost_at is not None:
        raise PhoneLost
    if phone.person_id != by.id:
        raise PhoneOfAnother
    if phone.ended_at is not None:
        raise PhoneEnded


def _note(phone: Phone, session: str, now: datetime) -> None:
    """Note that a phone was met, and in which session: that one ends when it is called lost."""
    known = phone.session.session_key if phone.session else ""
    if session == known and now - phone.met_at < NOTED_EVERY:
        return
    phone.met_at = now
    if session != known:
        phone.session = _session(session)
    Phone.objects.filter(pk=phone.pk).update(met_at=now, session=phone.session)


def _session(key: str) -> UserSession | None:
    return UserSession.objects.filter(session_key=key).first() if key else None


@transaction.atomic
def end_phone(phone_id: UUID, *, by: Viewer, now: datetime) -> None:
    """Let a phone go whose person signs out there; it wipes itself. Refuses with `PhoneUnknown`."""
    mine = Phone.objects.filter(pk=phone_id, person=by.id)
    phone = mine.select_for_update(of=("self",)).select_related("person").first()
    if phone is None:
        raise PhoneUnknown
    if phone.ended_at is None:
        mine.update(ended_at=now)
        drop_uploads(phone.uploads.filter(deed=None))
        _tell("fieldwork.phone_ended", phone, by=by, now=now)


@transaction.atomic
def call_phone_lost(phone_id: UUID, *, by: Viewer, now: datetime) -> Phone:
    """Call a phone lost, one's own or that of somebody whose people one keeps.

    Its session ends at once, what it had begun to send is dropped, and it is
    told to wipe itself as soon as it comes back. Refuses with `PhoneUnknown`
    and `reach.NotInReach`.
    """
    found = Phone.objects.select_for_update(of=("self",)).select_related("person", "session")
    phone = found.filter(pk=phone_id).first()
    if phone is None:
        raise PhoneUnknown
    if by.id != phone.person_id:
        require(by, "people.edit", at=phone.person.path)
    if phone.lost_at is None:
        phone.lost_at = now
        if phone.session is not None:
            session, phone.session = phone.session, None
            session.end()
        phone.save(update_fields=["lost_at", "session"])
        drop_uploads(phone.uploads.filter(deed=None))
        _tell("fieldwork.phone_lost", phone, by=by, now=now)
    return phone


def wipe_lost_phone(phone_id: UUID, *, now: datetime) -> bool:
    """Say whether this is a lost phone, and note that it came back; one statement where it is none."""
    phone = Phone.objects.select_related("person").filter(pk=phone_id).first()
    if phone is None or phone.lost_at is None:
        return False
    if phone.wiped_at is None:
        with transaction.atomic():
            first = Phone.objects.filter(pk=phone_id, wiped_at=None)
            if first.update(wiped_at=now):
                _tell("fieldwork.phone_wiped", phone, by="node:fieldwork", now=now)
    return True


def _tell(verb: str, phone: Phone, *, by: Viewer | str, now: datetime) -> None:
    journal.record(
        verb, phone, by=by, at=now, place=phone.person.path, name=phone.name,
        person=f"person:{phone.person_id}",
    )  # fmt: skip
