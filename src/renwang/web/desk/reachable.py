"""Who can be reached: what every contact on the chain has proved, who mends it, and who hangs on it (W5)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from renwang.base.tables import Kind
from renwang.outreach import reaching
from renwang.outreach.reaching import Reachable, Which
from renwang.outreach.words import PROOFS
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import may

_COLUMNS = [
    tables.Column(gettext_lazy("Person")),
    tables.Column(gettext_lazy("Answers for")),
    tables.Column(gettext_lazy("Contacts")),
    tables.Column(gettext_lazy("Who mends it")),
    tables.Column(gettext_lazy("Households cut off"), number=True),
]
_KINDS = [
    (Which.NOBODY.value, gettext_lazy("Cannot be reached")),
    (Which.FAILED.value, gettext_lazy("A contact did not work")),
    (Which.STALE.value, gettext_lazy("Long unproved")),
    (Which.NEVER.value, gettext_lazy("Never answered")),
]


@require_GET
@may("people.see")
def show_reachable(request: HttpRequest) -> HttpResponse:
    """List the people on the chain with what their contacts have proved."""
    wish = request.GET.get("which", "")
    which = Which(wish) if wish in set(Which) else Which.ALL
    wanted = {"which": which, "under": lists.unit_asked(request), "text": lists.text_asked(request)}

    def fetch(cursor: str, size: int) -> Any:
        return reaching.list_reachable(request.viewer, **wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "which", _KINDS)
    context = {
        "people": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, chips=chips),
        "cut_off": reaching.cut_off(request.viewer),
        "is_narrowed": bool(wish or wanted["text"] or wanted["under"]),
        "under": wanted["under"],
    }
    return render(request, "desk/reachable/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("name", _("Person"), Kind.TEXT),
        ("posts", _("Answers for"), Kind.TEXT),
        ("contacts", _("Contacts"), Kind.TEXT),
        ("mender", _("Who mends it"), Kind.TEXT),
        ("households", _("Households cut off"), Kind.INTEGER),
    ]
    return lists.export(request, "who-can-be-reached", columns, fetch, _row_of)


def _row_of(one: Reachable) -> dict[str, Any]:
    """Leave numbers and addresses out: a file travels further than a screen."""
    mender = one.mender
    return {
        "name": one.person.name,
        "posts": " · ".join(f"{post.unit_name} {post.title}" for post in one.posts),
        "contacts": " · ".join(
            f"{proved.contact.get_kind_display()}: {PROOFS[proved.proof]}"
            for proved in one.contacts
        ),
        "mender": f"{mender.mender_title} {mender.mender}".strip() if mender else "",
        "households": one.households,
    }
