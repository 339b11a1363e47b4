"""Messages to reporters at the desk: the operator's switch, the hours without messages, and the wordings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renwang.cases import config
from renwang.cases.services.configuring import change_tellings
from renwang.chain.rules import Refusal
from renwang.outreach.channels import is_connected
from renwang.web.desk.case_settings import tabs_of
from renwang.web.desk.forms.case_settings import ReasonForm
from renwang.web.desk.forms.case_tellings import TellingsForm
from renwang.web.frame.gates import done, may, sent_form, sentence_of


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change(request: HttpRequest) -> HttpResponse:
    """Say whether reporters are told by text message, when, and in which words."""
    before = config.bodies()[config.TELLING]
    form = TellingsForm(before, sent_form(request))
    if request.method == "POST" and form.is_valid():
        who = {"by": request.viewer, "now": request.now, "reason": form.cleaned_data["reason"]}
        try:
            change_tellings(form.body(), **who)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Messages go out like this from now on."), "desk:case_tellings")
    context = {
        "form": form,
        "tabs": tabs_of("telling"),
        "is_connected": is_connected("sms"),
        "is_on": bool(before.get("on")),
        "is_shipped": before == config.shipped(config.TELLING),
        "reason": ReasonForm(prefix="restore"),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/case_settings/tellings.html", context, status=status)
