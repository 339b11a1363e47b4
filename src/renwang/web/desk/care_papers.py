"""Lists that leave the node, on paper or as a table, for somebody who holds one until a moment; and what became of each."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.base.tables import write_xlsx
from renwang.registers.care import finding
from renwang.registers.care.paper_rules import PaperAct, PaperState, acts_on
from renwang.registers.care.paper_rules import PaperForm as LeavesAs
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.services.papering import Printed, account_for_paper, print_paper
from renwang.registers.care.table import EXPORTED, rows_of
from renwang.registers.care.words import PAPER_ACTS
from renwang.web.desk import lists
from renwang.web.desk.forms.care import PaperForm
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of


@require_http_methods(["GET", "POST"])
@may("care.keep")
def show_papers(request: HttpRequest) -> HttpResponse:
    """Show every list on paper and where it is; print another one."""
    form = PaperForm(request.viewer, sent_form(request))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            printed = print_paper(
                said["unit"], said["holder"], said["until_at"], form=said["form"],
                by=request.viewer, now=request.now,
            )  # fmt: skip
            return _given(request, printed)
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    papers = [
        (one, [(act.value, PAPER_ACTS[act]) for act in acts_on(PaperState(one.state))])
        for one in finding.papers_seen(request.viewer)
    ]
    status = 422 if form.errors else 200
    context = {"form": form, "papers": papers}
    return render(request, "desk/care/papers.html", context, status=status)


def _given(request: HttpRequest, printed: Printed) -> HttpResponse:
    """Show a list to be printed, or give it as a workbook that is made in memory; the browser keeps neither."""
    if printed.paper.form == LeavesAs.PAPER:
        response = render(request, "desk/care/paper.html", {"printed": printed})
    else:
        language, zone = get_language() or "en", timezone.get_default_timezone()
        rows = rows_of(printed.paper, printed.lines, language)
        data = write_xlsx(EXPORTED, rows, language=language, zone=zone, in_memory=True)
        response = lists.download(data, f"{printed.paper.ref}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@may("care.keep")
def account(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Say what became of a list."""
    deed = request.POST.get("do", "")
    if finding.paper_of(request.viewer, paper_id) is None or deed not in set(PaperAct):
        raise Http404(paper_id)
    try:
        account_for_paper(paper_id, PaperAct(deed), by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care_papers")
    return done(request, _("Noted what became of the list."), "desk:care_papers")
