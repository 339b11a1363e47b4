"""Agreements by which one side shows cases to another, and who looked at what through them."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.cases.sharing.rules import Mode, Period, Standing, standing


class Sharing(models.Model):
    """An agreement: a giver shows a taker the cases of some kinds at a place. Its terms are never changed, only ended."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    giver = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    giver_path = PathField()
    giver_body = models.ForeignKey(
        "chain.Organisation", models.PROTECT, null=True, related_name="+"
    )
    taker = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    taker_path = PathField()
    # Where it is named, its members see, and nobody else of the unit.
    taker_body = models.ForeignKey(
        "chain.Organisation", models.PROTECT, null=True, related_name="+"
    )
    place = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    place_path = PathField()
    kinds = models.CharField(max_length=2000, blank=True)  # ",road,rubbish,"; empty is all
    parts = models.JSONField(default=list)
    mode = models.CharField(max_length=9, default=Mode.READ)
    purpose = models.CharField(_("purpose"), max_length=500)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    proposed_by_giver = models.BooleanField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["taker_path"], name="sharing_taker",
                condition=Q(approved_at__isnull=False, ended_at=None),
            ),
            models.Index(
                fields=["giver_path"], name="sharing_giver",
                condition=Q(approved_at__isnull=False, ended_at=None),
            ),
        ]  # fmt: skip

    @property
    def path(self) -> str:
        """Where it belongs in the journal: with who shows."""
        return self.giver_path

    @property
    def name(self) -> str:
        """The agreement, as the journal names it."""
        return self.ref

    @property
    def period(self) -> Period:
        """From when until when."""
        return Period(self.from_on, self.until_on)

    @property
    def keys(self) -> list[str]:
        """The kinds it covers; none means all."""
        return [one for one in self.kinds.split(",") if one]

    @property
    def other_path(self) -> str:
        """The side that was asked for its yes."""
        return self.taker_path if self.proposed_by_giver else self.giver_path

    def stands(self, today: date) -> Standing:
        """Where it stands on a day."""
        return standing(
            self.period, both=self.approved_at is not None,
            is_declined=self.declined_at is not None, is_ended=self.ended_at is not None,
            today=today,
        )  # fmt: skip


class Look(models.Model):
    """Somebody looked at a case through an agreement; one row for each person, case and day."""

    id = models.BigAutoField(primary_key=True)
    sharing = models.ForeignKey(Sharing, models.CASCADE, related_name="looks")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    person = models.UUIDField()
    on = models.DateField()
    number = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sharing", "case", "person", "on"], name="look_once")
        ]
        indexes = [models.Index(fields=["case", "-at"], name="sharinglook_case")]


class Passed(models.Model):
    """For one case, with the reporter's consent, the taker may read how he can be reached."""

    id = models.UUIDField(primary_key=True)
    sharing = models.ForeignKey(Sharing, models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sharing", "case"], name="passed_once")]
