"""What the four doors share: the page frame, components, sign-in, language."""

from importlib import import_module

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.frame"
    label = "web_frame"

    def ready(self) -> None:
        import_module("renwang.web.frame.refusals")
