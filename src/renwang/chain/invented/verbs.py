"""The fact that the load of an invented place leaves behind."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "chain.place_invented": _(
            "{actor} set up the invented place {subject} with {households} households"
        )
    }
)
