"""The field part of the screens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.field"
    label = "web_field"

    def ready(self) -> None:
        from renwang.web.field import care, deeds, tabs
        from renwang.web.frame import navigation, playing

        playing.register_forms("field", deeds.FORMS)

        navigation.register(
            "field",
            [
                navigation.Entry(_("Warnings"), "field:home", "bell", count=tabs.count_asked),
                navigation.Entry(
                    _("To ring"), "field:ring", "phone", "alerts.answer", count=tabs.count_to_ring
                ),
                navigation.Entry(_("My doors"), "field:doors", "household", count=care.count_due),
                navigation.Entry(_("Report"), "field:report", "edit", "signals.report"),
                navigation.Entry(_("Cases"), "field:cases", "message", "cases.report"),
                navigation.Entry(_("Risks"), "field:risks", "warning", "risks.report"),
                navigation.Entry(_("My place"), "field:place", "tree", "chain.see"),
            ],
        )
