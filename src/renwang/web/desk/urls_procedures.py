"""Addresses of the desk's pages about the procedures list and its runs."""

from django.urls import path

from renwang.web.desk import procedure_runs, procedure_views, procedure_writing, procedures

_EDITION = "procedures/<str:ref>/editions/<int:number>"
_RUN = "procedures/runs/<str:ref>"

urlpatterns = [
    path("procedures/", procedures.show_procedures, name="procedures"),
    path("procedures/mine/", procedure_views.show_mine, name="procedures_mine"),
    path("procedures/findings/", procedure_views.show_findings, name="procedure_findings"),
    path("procedures/write/", procedure_writing.write, name="procedure_write"),
    path("procedures/runs/", procedure_runs.show_runs, name="procedure_runs"),
    path("procedures/runs/photos/<uuid:key>/", procedure_runs.show_photo, name="procedure_photo"),
    path(f"{_RUN}/", procedure_runs.show_run, name="procedure_run"),
    path(f"{_RUN}/steps/<int:number>/", procedure_runs.tick, name="procedure_tick"),
    path(f"{_RUN}/steps/<int:number>/back/", procedure_runs.take_back, name="procedure_tick_back"),
    path(f"{_RUN}/act/<slug:deed>/", procedure_runs.act, name="procedure_run_act"),
    path(f"{_RUN}/hand/", procedure_runs.hand_over, name="procedure_run_hand"),
    path(f"{_RUN}/end/", procedure_runs.end, name="procedure_run_end"),
    path(f"{_RUN}/sheet/", procedure_runs.show_sheet, name="procedure_run_sheet"),
    path(f"{_RUN}/sheet/enter/", procedure_runs.enter_sheet, name="procedure_run_enter"),
    path("procedures/<str:ref>/", procedures.show_procedure, name="procedure"),
    path("procedures/<str:ref>/next/", procedure_writing.succeed, name="procedure_next"),
    path("procedures/<str:ref>/review/", procedures.review, name="procedure_review"),
    path("procedures/<str:ref>/withdraw/", procedures.withdraw, name="procedure_withdraw"),
    path("procedures/<str:ref>/run/", procedure_runs.start, name="procedure_start"),
    path("procedures/<str:ref>/sheet/", procedure_views.show_sheet, name="procedure_sheet"),
    path(
        "procedures/<str:ref>/compare/<int:before>/<int:after>/",
        procedure_views.compare,
        name="procedure_compare",
    ),
    path(f"{_EDITION}/edit/", procedure_writing.edit, name="procedure_edit"),
    path(f"{_EDITION}/act/<slug:deed>/", procedures.act, name="procedure_act"),
    path(f"{_EDITION}/return/", procedures.hand_back, name="procedure_return"),
]
