"""What the chain remembers: units and their dated versions, posts and who holds them, people, homes.

Organisations live in `organisations`, grants and accounts in `accounts`; Django
finds all three through the imports at the end.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField


class Unit(models.Model):
    """A place that answers for people: a city, sub-district, community, grid, building group, contact household.

    Holds the present; `UnitVersion` holds every dated state, the present one included.
    """

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    code = models.CharField(_("code"), max_length=32, blank=True)  # official code, where it has one
    name = models.CharField(_("name"), max_length=120)
    search = models.CharField(max_length=240, blank=True)
    structure = models.CharField(max_length=40)  # key of a structure in `chain/structures/`
    level = models.CharField(max_length=40)  # key of a level in that structure
    depth = (
        models.PositiveSmallIntegerField()
    )  # 0 at the node's root; equals the slashes of `path` less two
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = PathField(unique=True)
    position = models.PositiveIntegerField(default=0)  # order among brothers

    households = models.PositiveIntegerField(
        default=0
    )  # declared head-count where no doors are kept
    residents = models.PositiveIntegerField(default=0)

    boundary = models.TextField(blank=True)  # GeoJSON geometry, WGS-84
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    since_on = models.DateField()
    ended_on = models.DateField(
        null=True
    )  # a unit that was split or merged away stays, with its end

    class Meta:
        indexes = [
            models.Index(fields=["parent", "position", "name"], name="unit_children"),
            models.Index(fields=["level", "path"], name="unit_level"),
            models.Index(fields=["west", "east", "south", "north"], name="unit_box"),
            models.Index(
                fields=["path"],
                name="unit_drawn",
                condition=models.Q(ended_on=None) & ~models.Q(boundary=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code="") & models.Q(ended_on=None),
                name="unit_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitVersion(models.Model):
    """What a unit was between two days; yesterday's question is answered from here."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="versions")
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # exclusive
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=32, blank=True)
    level = models.CharField(max_length=40)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    path = PathField()
    boundary = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "from_on"], name="unitversion_path"),
            models.Index(fields=["code", "from_on"], name="unitversion_code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "from_on"], name="unitversion_once_a_day"),
        ]


class UnitChange(models.Model):
    """A dated change of division: which units became which (split, merge, move, rename, boundary)."""

    class Kind(models.TextChoices):
        SPLIT = "split", _("Split")
        MERGE = "merge", _("Merge")
        MOVE = "move", _("Move")
        RENAME = "rename", _("Rename")
        BOUNDARY = "boundary", _("Boundary change")
        CLOSE = "close", _("Closing")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind)
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    before = models.ManyToManyField(Unit, related_name="changes_after")
    after = models.ManyToManyField(Unit, related_name="changes_before")


class Tally(models.Model):
    """Sums over a unit and everything below it, kept so that a city's page is one read (C5)."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="tally")
    units = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)
    vacant = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)  # distinct holders of a post
    unreachable = models.PositiveIntegerField(default=0)  # answering posts nobody can call
    buildings = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    residents = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["vacant"], name="tally_vacant", condition=models.Q(vacant__gt=0)),
            models.Index(
                fields=["unreachable"],
                name="tally_unreachable",
                condition=models.Q(unreachable__gt=0),
            ),
        ]


class Person(models.Model):
    """A human being who holds a post, helps, or can be called. Never more about him than that needs."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    search = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, related_name="people"
    )  # where he is at home
    path = PathField(blank=True)
    number = models.CharField(max_length=40, blank=True)  # staff number in the roster he came from
    quiet = models.CharField(
        max_length=11, blank=True
    )  # hours in which he rests, "22:00-07:00"; "none"; empty for the node's
    is_active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            models.Index(fields=["path", "name"], name="person_path"),
            models.Index(fields=["name", "id"], name="person_name"),
            models.Index(fields=["search"], name="person_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="person_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """One way to reach a person, in his order of preference."""

    class Kind(models.TextChoices):
        APP = "app", _("Field app")
        SMS = "sms", _("Text message")
        PHONE = "phone", _("Telephone call")
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        KNOCK = "knock", _("Knock at the door")
        NEIGHBOUR = "neighbour", _("Through a neighbour")

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.CharField(_("address"), max_length=300, blank=True)
    neighbour = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="relays_for")
    quiet = models.CharField(max_length=11, blank=True)  # its own hours of rest; empty for his
    worked_at = models.DateTimeField(null=True)  # when somebody last answered through it
    failed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [
            # Whoever answers is found by the number he answers from.
            models.Index(fields=["kind", "address"], name="contact_address"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "address"],
                condition=models.Q(neighbour=None),
                name="contact_once",
            ),
            models.UniqueConstraint(
                fields=["person", "neighbour"],
                condition=models.Q(neighbour__isnull=False),
                name="contact_neighbour_once",
            ),
        ]


class Post(models.Model):
    """A post in a unit or an organisation; it outlives whoever holds it (C1)."""

    id = models.UUIDField(primary_key=True)
    title = models.CharField(_("title"), max_length=80)
    role = models.CharField(max_length=40)  # key of a role in the unit's structure, or "other"
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(
        "chain.Organisation", models.PROTECT, null=True, related_name="posts"
    )
    path = PathField()
    answers = models.BooleanField(default=False)  # the post a warning to this unit is addressed to
    position = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "position"], name="post_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=models.Q(answers=True, ended_on=None),
                name="post_one_answers",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Holding(models.Model):
    """Who holds a post, from when to when: rank 0 is the holder, 1 and up are deputies in order."""

    id = models.UUIDField(primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="holdings")
    rank = models.PositiveSmallIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # exclusive; the term's end where one is known
    is_current = models.BooleanField(
        default=True
    )  # kept by the services; dates alone cannot be a constraint

    class Meta:
        indexes = [models.Index(fields=["person", "is_current"], name="holding_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "rank"],
                condition=models.Q(is_current=True),
                name="holding_one_per_rank",
            ),
            models.UniqueConstraint(
                fields=["post", "person"],
                condition=models.Q(is_current=True),
                name="holding_person_once",
            ),
        ]


class Route(models.Model):
    """Whom to call for a post, rung by rung: the holder's contacts in order, then each deputy's.

    Derived from posts, holdings and contacts by `chain.routes`; kept as rows so
    that a warning to a hundred thousand posts is one INSERT … SELECT. Rung 0
    exists for every answering post; it has no person where the post is vacant
    or its people have no contact.
    """

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="routes")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    path = PathField()
    parent_path = PathField(blank=True)  # of the nearest unit above that has an answering post
    depth = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField(default=0)
    # Of the first rung: its contact, and those of all others in order, as a relay freezes them.
    ladder = models.TextField(blank=True)
    # A contact that goes must not take the post's first rung along: it is found again from there.
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=10, blank=True)
    households = models.PositiveIntegerField(
        default=0
    )  # those this unit itself carries to, not its children
    is_leaf = models.BooleanField(default=True)  # no unit below has an answering post

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "rung"], name="route_rung_once")]
        indexes = [
            models.Index(fields=["path"], name="route_first", condition=models.Q(rung=0)),
            models.Index(fields=["parent_path"], name="route_parent", condition=models.Q(rung=0)),
        ]


class Building(models.Model):
    """A building with its doors; lies in exactly one grid or building group."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="buildings")
    path = PathField()
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    search = models.CharField(max_length=300, blank=True)
    storeys = models.PositiveSmallIntegerField(default=1)
    entrances = models.PositiveSmallIntegerField(default=1)
    footprint = models.TextField(blank=True)  # GeoJSON geometry, WGS-84
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="building_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~models.Q(code=""), name="building_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """A door behind which people live: how many, and nothing about who."""

    id = models.UUIDField(primary_key=True)
    building = models.ForeignKey(Building, models.CASCADE, related_name="household_set")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="household_set"
    )  # who carries warnings to it
    path = PathField()
    door = models.CharField(_("door"), max_length=20)
    storey = models.SmallIntegerField(default=1)
    heads = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["path"], name="household_path")]
        constraints = [
            models.UniqueConstraint(fields=["building", "door"], name="household_door_once"),
        ]


from renwang.chain.accounts import Account, Grant, Token  # noqa: E402
from renwang.chain.backdrops import Backdrop  # noqa: E402
from renwang.chain.organisations import Alliance, Membership, Organisation  # noqa: E402
from renwang.chain.rosters import Shift  # noqa: E402

__all__ = [
    "Account",
    "Alliance",
    "Backdrop",
    "Building",
    "Contact",
    "Grant",
    "Holding",
    "Household",
    "Membership",
    "Organisation",
    "Person",
    "Post",
    "Route",
    "Shift",
    "Tally",
    "Token",
    "Unit",
    "UnitChange",
    "UnitVersion",
]
