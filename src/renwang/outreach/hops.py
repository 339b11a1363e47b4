"""What outreach remembers of every hop of a year: how long it took, and whether the words stayed the same."""

from django.db import models

from renwang.base.fields import PathField


class Hop(models.Model):
    """How one post received the warnings of one month: sums over its calls, noted when each notice ends.

    Times are in seconds. `wait` runs from being asked to a human answer, `hop`
    from the level above having carried on (or the start) to that answer.
    """

    id = models.BigAutoField(primary_key=True)
    post_id = models.UUIDField()
    unit_id = models.UUIDField()
    path = PathField()
    depth = models.PositiveSmallIntegerField()
    month = models.DateField()  # its first day
    asked = models.PositiveIntegerField(default=0)  # warnings that reached its turn
    answered = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)  # nobody answered while it lasted
    vacant = models.PositiveIntegerField(default=0)  # nobody could have been asked
    wait_total = models.FloatField(default=0)
    wait_longest = models.FloatField(default=0)
    hop_total = models.FloatField(default=0)
    hop_longest = models.FloatField(default=0)
    whole = models.PositiveIntegerField(default=0)  # answered to the very words
    shortened = models.PositiveIntegerField(default=0)  # to a title and a link
    by_mouth = models.PositiveIntegerField(default=0)  # somebody told him
    other = models.PositiveIntegerField(default=0)  # to words that were no longer the same

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post_id", "month"], name="hop_once")]
        indexes = [models.Index(fields=["path", "month"], name="hop_path")]
