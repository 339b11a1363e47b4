"""What cases remember of wishes to have something erased before its time is over."""

from django.db import models
from django.utils.translation import pgettext_lazy

from renwang.cases.erasure_rules import REASON_AT_MOST, Scope, Wish

SCOPES = {
    Scope.CONTACT: pgettext_lazy("to be erased", "How the reporter can be reached"),
    Scope.ALL: pgettext_lazy("to be erased", "Everything that was said, and how to reach him"),
}
WISHES = {
    Wish.ASKED: pgettext_lazy("wish for early erasure", "Waits for a decision"),
    Wish.ERASED: pgettext_lazy("wish for early erasure", "Erased"),
    Wish.REFUSED: pgettext_lazy("wish for early erasure", "Refused"),
}


class Erasure(models.Model):
    """A wish to have what is held of a case erased early: asked by one, decided by another.

    Reason and ground go with the words of the case; that it was asked and decided stays.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="erasures")
    scope = models.CharField(max_length=7, choices=SCOPES)
    reason = models.CharField(max_length=REASON_AT_MOST, blank=True)
    asked_by = models.UUIDField(null=True)  # empty: the reporter himself, by his code
    asked_at = models.DateTimeField()
    hands = models.TextField(blank=True)  # ids of who may not decide it
    state = models.CharField(max_length=7, choices=WISHES, default=Wish.ASKED)
    ground = models.CharField(max_length=REASON_AT_MOST, blank=True)  # of a refusal
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-asked_at"], name="caseerasure_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state=Wish.ASKED), name="caseerasure_once"
            ),
        ]

    @property
    def waits(self) -> bool:
        """Whether nobody has decided it."""
        return self.state == Wish.ASKED
