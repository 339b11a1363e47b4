"""What each place tells everybody about itself: where to ask, where to go, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from renwang.bulletins import finding, selectors, services
from renwang.chain.reach import NotInReach
from renwang.web.desk import lists
from renwang.web.desk.forms.bulletins import InfoForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form

_COLUMNS = [
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Where to ask")),
    tables.Column(gettext_lazy("Places to go to"), number=True),
    tables.Column(gettext_lazy("Own advice"), number=True),
]


@require_GET
@may("bulletins.write")
def show_places(request: HttpRequest) -> HttpResponse:
    """List the viewer's places that have a public page, and what they tell."""
    page = lists.cut(
        request,
        lambda cursor, size: finding.list_places(
            request.viewer, lists.text_asked(request), cursor=cursor, size=size
        ),
    )
    table = lists.frame_of(request, _COLUMNS, page, exports=())
    rows = finding.infos_of(page.items)
    context = {"rows": rows, "table": table, "text": lists.text_asked(request)}
    return render(request, "desk/place_info/list.html", context)


@require_http_methods(["GET", "POST"])
@may("bulletins.write")
def change_place(request: HttpRequest, ref: str) -> HttpResponse:
    """Change what one place tells."""
    unit = lists.unit_at(request, ref)
    if not request.viewer.may("bulletins.write", unit.path):
        raise NotInReach("bulletins.write", unit.path)
    form = InfoForm(selectors.place_info(unit), sent_form(request))
    if form.is_bound and form.is_valid():
        services.set_place_info(unit, form.told(), by=request.viewer, now=request.now)
        return done(request, _("The public page shows it now."), "desk:place_infos")
    crumbs = [(_("Public pages"), reverse("desk:place_infos")), (unit.name, "")]
    context = {"form": form, "unit": unit, "crumbs": crumbs}
    status = 422 if form.is_bound else 200
    return render(request, "desk/place_info/form.html", context, status=status)
