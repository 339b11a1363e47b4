"""Briefs (信息简报): what a week brought at a place, drafted from the data, said by people, read above and below (V8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefsConfig(AppConfig):
    """Briefs."""

    name = "renwang.response.briefs"
    label = "briefs"
    verbose_name = _("Briefs")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said."""
        from renwang.response.briefs import words  # noqa: F401
