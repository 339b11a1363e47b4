"""What departments claim, and what became of it: departments, their grids, their workers, mergers, old numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """An office with a division of its own. Known by its name, one in a node."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)  # open: police, urban management

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """A grid as a department draws or lists it. It is what the department says, never the chain's own grid."""

    id = models.UUIDField(primary_key=True)
    department = models.ForeignKey(Department, models.CASCADE, related_name="claims")
    number = models.CharField(max_length=40)  # the department's own
    name = models.CharField(_("name"), max_length=120, blank=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # where it says it is
    boundary = models.TextField(blank=True)  # GeoJSON geometry, WGS-84
    at = models.DateTimeField()  # when it was brought in last

    class Meta:
        indexes = [models.Index(fields=["unit", "department"], name="claim_unit")]
        constraints = [
            models.UniqueConstraint(fields=["department", "number"], name="claim_number_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.number


class ClaimedHome(models.Model):
    """A building, or one door of it, that a department lists in a grid which it has not drawn."""

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="listed")
    building = models.ForeignKey("chain.Building", models.CASCADE, related_name="+")
    household = models.ForeignKey("chain.Household", models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "building"],
                condition=models.Q(household=None),
                name="claimed_building_once",
            ),
            models.UniqueConstraint(
                fields=["claim", "household"],
                condition=models.Q(household__isnull=False),
                name="claimed_door_once",
            ),
        ]


class Worker(models.Model):
    """Somebody on a department's roster for one of its grids. Not a person of the chain until a merger makes him one."""

    id = models.UUIDField(primary_key=True)
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="workers")
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)  # as it is dialled
    role = models.CharField(_("role"), max_length=40, blank=True)
    is_backup = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["phone"], name="worker_phone")]
        constraints = [
            models.UniqueConstraint(fields=["claim", "name", "phone"], name="worker_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Merger(models.Model):
    """An act by which departments' divisions of a place became one, on a day. A later one corrects it."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    reason = models.CharField(max_length=300, blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "-on"], name="merger_unit")]


class OldNumber(models.Model):
    """Where a department's number leads since a merger: a grid, with its part of the old one.

    The parts of one number in one merger are ten thousand together. Never
    deleted: an old list still finds the place, also that of an earlier merger.
    """

    id = models.BigAutoField(primary_key=True)
    merger = models.ForeignKey(Merger, models.PROTECT, related_name="numbers")
    department = models.CharField(max_length=80)  # its name at the time
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    households = models.PositiveIntegerField(default=0)  # of the old grid that lie in this unit
    share = models.PositiveSmallIntegerField()  # in ten-thousandths of the old grid
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # exclusive; a later merger took its place

    class Meta:
        indexes = [
            models.Index(fields=["number", "until_on"], name="oldnumber_number"),
            models.Index(fields=["unit"], name="oldnumber_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merger", "department", "number", "unit"], name="oldnumber_once"
            ),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=10_000), name="oldnumber_share"
            ),
        ]
