"""Field work without a network: the phones that may, what was done on them, and what differs from what stands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldworkConfig(AppConfig):
    """See docs/decisions/0015-a-deed-is-a-form-sent-later.md."""

    name = "renwang.response.fieldwork"
    label = "fieldwork"
    verbose_name = _("Field work")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said."""
        from renwang.response.fieldwork import words  # noqa: F401
