"""Organisations of every kind, their members, and their alliances (C3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField


class Organisation(models.Model):
    """A body that takes part: a residents' committee, a property firm, a clinic, a dance group."""

    class Kind(models.TextChoices):
        PARTY = "party", _("Party organisation")
        COMMITTEE = "committee", _("Residents' committee")
        OWNERS = "owners", _("Owners' committee")
        PROPERTY = "property", _("Property firm")
        RESIDENT_UNIT = "resident_unit", _("Resident unit")
        SHOP = "shop", _("Shop")
        CLINIC = "clinic", _("Clinic")
        SCHOOL = "school", _("School")
        OUTPOST = "outpost", _("Government outpost")
        MASS = "mass", _("Mass organisation")
        SOCIAL = "social", _("Social organisation")
        SELF_ORGANISED = "self_organised", _("Self-organised group")
        ALLIANCE = "alliance", _("Alliance")

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    search = models.CharField(max_length=240, blank=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="organisations")  # its seat
    path = PathField()
    address = models.CharField(_("address"), max_length=200, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    number = models.CharField(_("registration number"), max_length=40, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "kind", "name"], name="organisation_path")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organisation, with what he does there."""

    id = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="memberships")
    does = models.CharField(_("task"), max_length=80, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=models.Q(until_on=None),
                name="membership_once",
            ),
        ]


class Alliance(models.Model):
    """An organisation's part in an alliance (区域化党建联盟, 大党委), which is itself an organisation."""

    id = models.UUIDField(primary_key=True)
    alliance = models.ForeignKey(Organisation, models.CASCADE, related_name="allied")
    member = models.ForeignKey(Organisation, models.CASCADE, related_name="alliances")
    leads = models.BooleanField(default=False)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "member"],
                condition=models.Q(until_on=None),
                name="alliance_member_once",
            ),
        ]
