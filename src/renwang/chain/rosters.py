"""Duty: who answers for a place from when to when, by the roster."""

from django.db import models

from renwang.base.fields import PathField


class Shift(models.Model):
    """A person's turn of duty for a unit and what lies below it.

    It puts nobody on a ladder: it says who of those on it is asked first. A
    shift is never edited; one that was wrong is struck, and another entered.
    """

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey("chain.Unit", models.CASCADE, related_name="shifts")
    path = PathField()
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="shifts")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()  # exclusive
    noted_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "person", "from_at"],
                condition=models.Q(struck_at=None),
                name="shift_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("from_at")), name="shift_has_length"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until_at", "from_at"],
                name="shift_now",
                condition=models.Q(struck_at=None),
            ),
            models.Index(fields=["path", "from_at"], name="shift_path"),
        ]
