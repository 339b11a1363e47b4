"""Checks of what this node signs with, and of whom it believes."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from renwang.alerts.cap import SigningRefused
from renwang.alerts.cap.words import SIGNING
from renwang.alerts.composing_rules import NoSigningKey
from renwang.alerts.signing import ENDS_SOON, has_key, key_file, node_signer
from renwang.alerts.trust import NotACertificate, trusted_certificates
from renwang.ops.doctor.findings import Level, Told
from renwang.ops.sealed_key import backed_up_at

BACKUP_OLD = timedelta(days=180)


def signing(now: datetime) -> Told:
    """A key with which what is issued here can be signed, and that others cannot read."""
    try:
        signatory = node_signer().signatory
    except NoSigningKey:
        return [
            (
                Level.WARN,
                say("This node has no key to sign with, so nothing can be issued from it."),
                "renwang cap key make --name …",
            )
        ]
    except SigningRefused as refused:
        return [
            (Level.BAD, str(SIGNING[refused.reason]), "renwang cap key make --name … --replace")
        ]
    found: Told = []
    if key_file().stat().st_mode & 0o077:
        words = say("Others on this machine can read the key that signs.")
        found.append((Level.BAD, words, f"chmod 600 {key_file()}"))
    day = f"{signatory.not_after.astimezone(timezone.get_default_timezone()):%Y-%m-%d}"
    if signatory.not_after <= now:
        words = say("The certificate of the signing key has run out on {day}.").format(day=day)
        found.append((Level.BAD, words, "renwang cap key make --name … --replace"))
    elif signatory.not_after <= now + ENDS_SOON:
        words = say("The certificate of the signing key runs out on {day}.").format(day=day)
        found.append((Level.WARN, words, "renwang cap key make --name … --replace"))
    words = say("Signs as {name} until {day}.").format(name=signatory.name, day=day)
    return found or [(Level.OK, words, "")]


def key_backup(now: datetime) -> Told:
    """A copy of the key, without which nothing could be lifted or changed that it has signed."""
    if not has_key():
        return []
    at, remedy = backed_up_at(), "renwang backup FILE --with-key"
    if at is None:
        return [(Level.WARN, say("No backup holds the key that signs."), remedy)]
    day = f"{at.astimezone(timezone.get_default_timezone()):%Y-%m-%d}"
    if now - at > BACKUP_OLD:
        words = say("The last backup with the key that signs is of {day}.").format(day=day)
        return [(Level.WARN, words, remedy)]
    return [(Level.OK, say("A backup of {day} holds the key that signs.").format(day=day), "")]


def trust(now: datetime) -> Told:
    """Certificates of those whose signatures count, none of which has run out unnoticed."""
    how = say("See docs/how-to/trust-a-signature.md.")
    try:
        trusted = trusted_certificates()
    except NotACertificate as trouble:
        words = say("{file} in the folder of trusted certificates is none.")
        remedy = say("Take it out, or put the certificate there in PEM form.")
        return [(Level.BAD, words.format(file=trouble.name), remedy)]
    if not trusted:
        words = say("No certificate is trusted: nobody's signature on a warning can be verified.")
        return [(Level.OK, words, "")]
    found: Told = []
    for one in sorted(trusted, key=lambda one: one.not_valid_after_utc):
        name, ends_at = one.subject.rfc4514_string(), one.not_valid_after_utc
        day = f"{ends_at.astimezone(timezone.get_default_timezone()):%Y-%m-%d}"
        if ends_at <= now:
            words = say("The trust in {name} ended on {day}.").format(name=name, day=day)
        elif ends_at <= now + ENDS_SOON:
            words = say("The trust in {name} ends on {day}.").format(name=name, day=day)
        else:
            continue
        found.append((Level.WARN, words, how))
    words = ngettext(
        "{count} certificate is trusted.", "{count} certificates are trusted.", len(trusted)
    ).format(count=len(trusted))
    return [(Level.OK, words, ""), *found]
