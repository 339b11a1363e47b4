"""What outreach remembers of work that waits for a person, and of contacts that are to be mended."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.outreach.errand_rules import ErrandState


class Errand(models.Model):
    """Something that waits for somebody's hand: he is told, reminded, and the level above is told when he is silent.

    The telling is a notice of its own with one call for each level. Whose work
    it is, is said by a capability at a place, or by the post itself.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)  # what waits: "signals.referral"
    subject_id = models.UUIDField()
    ref = models.CharField(max_length=32, blank=True)  # of what waits, as people say it
    said = models.JSONField(default=dict)  # language -> one sentence
    path = PathField()  # where the work is to be done, and where the ladder begins
    capability = models.CharField(max_length=30, blank=True)  # empty: the posts' own work
    hands = models.TextField(blank=True)  # ids of who may not do it, because he wrote it
    first = models.TextField(blank=True)  # ids of who is called before the posts, in order
    colour = models.CharField(max_length=10, blank=True)
    weight = models.PositiveSmallIntegerField(default=0)  # see errand_rules.weight_of
    number = models.PositiveIntegerField(default=1)  # of things in it, such as contacts
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)  # when outreach began to call; empty: not yet
    notice = models.OneToOneField(
        "outreach.Notice", models.SET_NULL, null=True, related_name="errand"
    )  # empty also where nobody can be called to it
    state = models.CharField(
        max_length=8,
        default=ErrandState.OPEN,
        choices=[
            (ErrandState.OPEN, pgettext_lazy("of work that waits", "Waits")),
            (ErrandState.DONE, pgettext_lazy("of work that waits", "Done")),
            (ErrandState.NEEDLESS, _("No longer needed")),
        ],
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    drill = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["path", "-weight", "due_at"],
                name="errand_waits",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["asked_at"],
                name="errand_untold",
                condition=models.Q(state="open", called_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(state="open"),
                name="errand_waits_once",
            )
        ]

    def sentence(self, language: str) -> str:
        """Say what waits, in a language or else in any."""
        return self.said.get(language) or next(iter(self.said.values()), self.ref)

    @property
    def words(self) -> str:
        """Say what waits in the language of the page."""
        return self.sentence(get_language() or "")

    @property
    def name(self) -> str:
        """What waits, as the journal names it."""
        return self.ref


class Mending(models.Model):
    """A contact that a post is to mend. It is mended when somebody answers through it, or when it is given up."""

    id = models.BigAutoField(primary_key=True)
    errand = models.ForeignKey(Errand, models.CASCADE, related_name="mendings")
    contact_id = models.UUIDField()
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["errand", "contact_id"], name="mending_once")
        ]
        indexes = [
            models.Index(
                fields=["contact_id"], name="mending_open", condition=models.Q(mended_at=None)
            )
        ]
