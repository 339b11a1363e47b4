"""What the base remembers: facts, bookmarks, long jobs, counters, and what was erased."""

import orjson
from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField


class Entry(models.Model):
    """One fact of the journal; nothing but the sealer ever changes a row, and that once.

    `seq` and `digest` are empty until the fact is sealed. `body` is the
    canonical JSON text of the facts, kept as text because the digest is over
    its bytes and a database's own JSON type would rewrite them.
    """

    id = models.BigAutoField(primary_key=True)
    seq = models.BigIntegerField(null=True, unique=True)
    fact = models.UUIDField()
    verb = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=36)
    subject_ref = models.CharField(max_length=64, blank=True)
    place = PathField(blank=True)
    actor = models.CharField(max_length=64)  # `person:<uuid>`, or `node:<what acted by itself>`
    drill = models.UUIDField(null=True)  # set on everything that happened in a rehearsal only
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    body = models.TextField()
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seq=None)),
            models.Index(fields=["verb", "seq"], name="entry_verb"),
            models.Index(fields=["subject_id", "seq"], name="entry_subject"),
            models.Index(fields=["place", "seq"], name="entry_place"),
            models.Index(fields=["actor", "seq"], name="entry_actor"),
            models.Index(fields=["at", "seq"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.seq or '-'} {self.verb} {self.subject_ref or self.subject_id}"

    @property
    def facts(self) -> dict:
        """The facts as they were recorded."""
        return orjson.loads(self.body)


class Head(models.Model):
    """The journal's end: the last sealed number and its digest. One row, which is also the sealer's lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")


class Bookmark(models.Model):
    """How far a follower has read."""

    name = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    moved_at = models.DateTimeField(null=True)


class Counter(models.Model):
    """The last number given out for a name; see `base.references`."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.BigIntegerField(default=0)


class Job(models.Model):
    """A long piece of work that a person waits for: it has progress, an outcome, and can be run again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    arguments = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="job_due",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["kind", "-asked_at"], name="job_kind"),
        ]


class Beat(models.Model):
    """When a recurring piece of work last ran and how it went; `renwang doctor` reads it."""

    name = models.CharField(max_length=80, primary_key=True)
    ran_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)


class Forgotten(models.Model):
    """One thing that was erased for good, by kind and key only; see `base.forgetting`."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    is_kept = models.BooleanField(
        default=False
    )  # it stands in the list beside the database as well

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="forgotten_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="forgotten_unkept", condition=models.Q(is_kept=False)),
        ]
