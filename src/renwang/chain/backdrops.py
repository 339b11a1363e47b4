"""What a map shows under the units: water, streets, parks. Nothing is fetched from a map server."""

from django.db import models

from renwang.base.fields import PathField


class Backdrop(models.Model):
    """One thing under the units on the map; drawn in the order of its id, never asked for by name.

    `kind` is open: a style knows `water`, `green`, `avenue`, `street` and
    `lane`, and draws what it does not know as a thin line.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80, blank=True)
    path = PathField()  # the unit whose map it belongs to
    geometry = models.TextField()  # GeoJSON geometry, WGS-84
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["path", "kind"], name="backdrop_path")]

    def __str__(self) -> str:
        return self.name or self.kind
