"""What the four doors share: the page frame, components, sign-in, language."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.frame"
    label = "web_frame"
