"""Cases: every voice from below gets a substantive answer (V1-V4, V7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases."""

    name = "renwang.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said, and read what people write by text message."""
        from renwang.cases import (  # noqa: F401
            placard_jobs,
            suggesting_jobs,
            telling_jobs,
            texting,
            topic_jobs,
            words,
        )
