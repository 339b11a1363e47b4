"""What response remembers: rehearsals."""

from django.db import models

from renwang.base.fields import PathField


class Rehearsal(models.Model):
    """A rehearsal on the real software path, isolated from real people; its id marks everything it makes."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    scenario = models.CharField(max_length=40)
    unit_id = models.UUIDField()
    path = PathField()
    seed = models.BigIntegerField()
    speed = models.FloatField()  # simulated seconds per real second
    begun_at = models.DateTimeField()  # real
    shows_at = models.DateTimeField()  # what the rehearsal's clock showed then
    played_to = models.DateTimeField()  # how far it has been played, by its own clock
    ends_at = models.DateTimeField()  # by its own clock
    ended_at = models.DateTimeField(null=True)  # real
    started_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
