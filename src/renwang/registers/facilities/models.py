"""What the list of facilities remembers: each with its rooms, inspections, defects, photographs and the steps of its life."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.fields import PathField
from renwang.registers.facilities.rules import DefectState, State, Verdict

STATES = {
    State.READY: pgettext_lazy("of a facility", "Ready"),
    State.LIMITED: pgettext_lazy("of a facility", "Limited"),
    State.OUT_OF_ORDER: pgettext_lazy("of a facility", "Out of order"),
    State.CLOSED: pgettext_lazy("of a facility", "Closed for a time"),
    State.GONE: pgettext_lazy("of a facility", "No longer there"),
}
VERDICTS = {
    Verdict.FIT: _("Fit for use"),
    Verdict.LIMITED: _("Usable, not for everything"),
    Verdict.UNFIT: _("Not usable"),
}
DEFECT_STATES = {
    DefectState.OPEN: pgettext_lazy("of a defect", "To be mended"),
    DefectState.MENDED: pgettext_lazy("of a defect", "Mended"),
    DefectState.DROPPED: pgettext_lazy("of a defect", "Given up"),
}


class Facility(models.Model):
    """A shelter, hydrant, defibrillator, service centre or the like: where it is, what it has, where it stands."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    code = models.CharField(_("own number"), max_length=40, blank=True)  # in the list it came from
    kind = models.CharField(
        pgettext_lazy("of a facility", "kind"), max_length=40
    )  # open; see `kinds`
    tier = models.CharField(max_length=20, blank=True)  # of a service centre
    name = models.CharField(_("name"), max_length=120)
    search = models.CharField(max_length=300, blank=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    post = models.ForeignKey("chain.Post", models.SET_NULL, null=True, related_name="facilities")
    amounts = models.JSONField(default=dict)  # key of what is asked -> number
    fittings = models.JSONField(default=dict)  # key -> whether it has it; absent: nobody has said
    rooms_m2 = models.FloatField(null=True)  # of the rooms that take people in; kept by services
    emergency_role = models.CharField(_("emergency role"), max_length=200, blank=True)
    weekdays = models.CharField(max_length=12, blank=True)  # hours; see `opening_rules`
    weekends = models.CharField(max_length=12, blank=True)
    emergency_hours = models.CharField(max_length=12, blank=True)
    note = models.TextField(_("note"), blank=True)

    state = models.CharField(max_length=7, choices=STATES, default=State.READY)
    reason = models.CharField(max_length=300, blank=True)
    expected_on = models.DateField(null=True)  # back in use
    since = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # for people in an emergency; empty: not opened

    entered_on = models.DateField()
    inspected_on = models.DateField(null=True)
    inspect_due_on = models.DateField(null=True)
    called_at = models.DateTimeField(null=True)  # when somebody was called to inspect it

    class Meta:
        verbose_name_plural = "facilities"
        indexes = [
            models.Index(fields=["path", "kind", "name"], name="facility_path"),
            models.Index(fields=["kind", "lon", "lat"], name="facility_spot"),
            models.Index(
                fields=["inspect_due_on"],
                name="facility_due",
                condition=~Q(state=State.GONE.value),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code"], condition=~Q(code=""), name="facility_code_once"
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
                name="facility_whole_position",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(state__in=[State.READY.value, State.LIMITED.value]),
                name="facility_open_is_usable",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a service centre: what it is used for every day, and in an emergency."""

    id = models.BigAutoField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="rooms")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(_("room"), max_length=80)
    use = models.CharField(_("use"), max_length=20)
    area_m2 = models.FloatField(_("area (m²)"))
    role = models.CharField(_("in an emergency"), max_length=20)
    step_free = models.BooleanField(null=True)
    holds = models.CharField(_("what is kept there"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="room_number_once"),
            models.CheckConstraint(condition=Q(area_m2__gte=0), name="room_has_area"),
        ]


class Stock(models.Model):
    """Things that are kept at a facility: what, how many, until when they may be used, when they were last counted."""

    id = models.UUIDField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="stock")
    path = PathField()  # of the facility
    name = models.CharField(pgettext_lazy("of stock", "what it is"), max_length=80)
    search = models.CharField(max_length=200)
    lot = models.CharField(_("lot"), max_length=40, blank=True)
    quantity = models.FloatField(pgettext_lazy("of stock", "quantity"))
    unit = models.CharField(_("counted in"), max_length=12, blank=True)
    place = models.CharField(_("where in it"), max_length=80, blank=True)
    expires_on = models.DateField(_("may be used until"), null=True)
    checked_on = models.DateField(_("last counted"), null=True)

    class Meta:
        verbose_name_plural = "stock"
        indexes = [
            models.Index(fields=["path", "expires_on"], name="stock_path"),
            models.Index(fields=["facility", "expires_on"], name="stock_facility"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "search", "lot", "expires_on"], name="stock_lot_once"
            ),
            models.UniqueConstraint(
                fields=["facility", "search", "lot"],
                name="stock_lasting_once",
                condition=Q(expires_on=None),
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """One look at a facility: by whom, when, what it came to, what was checked and how."""

    id = models.UUIDField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="inspections")
    on = models.DateField()
    verdict = models.CharField(max_length=7, choices=VERDICTS)
    checks = models.JSONField(default=dict)  # key of a check -> whether it was well
    words = models.TextField(blank=True)
    outside = models.CharField(max_length=60, blank=True)  # its key on the phone that sent it
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["facility", "-on"], name="inspection_facility")]
        constraints = [
            models.UniqueConstraint(
                fields=["outside"], condition=~Q(outside=""), name="inspection_outside_once"
            )
        ]


class Defect(models.Model):
    """Something that is broken or missing at a facility: whose it is to mend, and by when."""

    id = models.UUIDField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="defects")
    path = PathField()  # of the facility
    number = models.PositiveSmallIntegerField()
    words = models.CharField(_("what is broken"), max_length=300)
    is_grave = models.BooleanField(default=False)  # it cannot be ready while this is so
    post = models.ForeignKey("chain.Post", models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField()
    inspection = models.ForeignKey(Inspection, models.SET_NULL, null=True, related_name="defects")
    state = models.CharField(max_length=7, choices=DEFECT_STATES, default=DefectState.OPEN)
    evidence = models.TextField(blank=True)  # of its mending, or why it was given up
    found_at = models.DateTimeField()
    found_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    called_at = models.DateTimeField(null=True)  # when somebody was called to mend it
    risk = models.CharField(max_length=32, blank=True, db_index=True)  # its number on the risk list

    class Meta:
        indexes = [
            models.Index(
                fields=["due_on"], name="defect_due", condition=Q(state=DefectState.OPEN.value)
            ),
            models.Index(
                fields=["path", "due_on"],
                name="defect_path",
                condition=Q(state=DefectState.OPEN.value),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="defect_number_once"),
            models.CheckConstraint(
                condition=Q(state=DefectState.OPEN.value) | Q(ended_at__isnull=False),
                name="defect_ends_at",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Step(models.Model):
    """One step in the life of a facility: who did what, in which words."""

    id = models.BigAutoField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=16)  # an act of the rules, or entered, changed, opened, …
    words = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["facility", "id"], name="facilitystep_facility")]


class Photo(models.Model):
    """A photograph of a facility, drawn anew so that nothing hides in it."""

    id = models.UUIDField(primary_key=True)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="photos")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "digest"], name="facilityphoto_once"),
        ]
