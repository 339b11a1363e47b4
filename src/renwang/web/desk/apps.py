"""The desk: wide screens for duty officers and secretaries."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.desk"
    label = "web_desk"

    def ready(self) -> None:
        """Register the navigation, the banners, and the words of refusals; models are there only now."""
        from renwang.registers.care.words import explain_care
        from renwang.web.desk import care, entries, home_page, questions, refusals
        from renwang.web.frame import banners, gates, navigation

        navigation.register("desk", entries.ENTRIES)
        banners.register(home_page.banners)
        banners.register(questions.banners)
        banners.register(care.banners)
        gates.register_words(refusals.words)
        gates.register_words(explain_care)
