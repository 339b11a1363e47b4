"""Addresses of the field door."""

from django.urls import path

from renwang.web.field import care, cases, duties, numbers, pages, procedures, reports, risks

app_name = "field"
urlpatterns = [
    path("", pages.show_home, name="home"),
    path("live/", pages.show_calls, name="home_live"),
    path("waits/<uuid:errand_id>/", pages.take, name="wait"),
    path("signs/<int:call_id>/", pages.give_sign, name="sign"),
    path("report/", reports.report, name="report"),
    path("risks/", risks.show_risks, name="risks"),
    path("risks/report/", risks.report, name="risk_report"),
    path("risks/photos/<uuid:key>/", risks.give_photo, name="risk_photo"),
    path("risks/<str:ref>/", risks.show_risk, name="risk"),
    path("risks/<str:ref>/measures/<int:number>/done/", risks.finish, name="risk_finish"),
    path("risks/<str:ref>/mended/", risks.rectify, name="risk_rectify"),
    path("risks/<str:ref>/look/", risks.look, name="risk_look"),
    path("cases/", cases.show_cases, name="cases"),
    path("cases/report/", cases.report, name="case_report"),
    path("cases/photos/<uuid:key>/", cases.give_photo, name="case_photo"),
    path("cases/<str:ref>/", cases.show_case, name="case"),
    path("cases/<str:ref>/take/", cases.take, name="case_take"),
    path("cases/<str:ref>/note/", cases.note, name="case_note"),
    path("cases/<str:ref>/answer/", cases.answer, name="case_answer"),
    path("ring/", pages.show_to_ring, name="ring"),
    path("place/", pages.show_place, name="place"),
    path("numbers/", numbers.show_numbers, name="numbers"),
    path("doors/", care.show_doors, name="doors"),
    path("doors/<uuid:entry_id>/", care.show_door, name="door"),
    path("doors/<uuid:entry_id>/open/", care.open_door, name="door_open"),
    path("doors/<uuid:entry_id>/visit/", care.visit, name="door_visit"),
    path("doors/<uuid:entry_id>/round/", care.round_door, name="door_round"),
    path("looked/", care.show_looked, name="looked"),
    path("looked/withdraw/", care.withdraw, name="looked_withdraw"),
    path("duties/", duties.show_duties, name="duties"),
    path("procedures/", procedures.show_procedures, name="procedures"),
    path("procedures/<str:ref>/", procedures.show_procedure, name="procedure"),
    path(
        "procedures/<str:ref>/editions/<int:number>/read/",
        procedures.acknowledge,
        name="procedure_read",
    ),
    path("procedures/<str:ref>/start/", procedures.start, name="procedure_start"),
    path("runs/<str:ref>/", procedures.show_run, name="run"),
    path("runs/<str:ref>/steps/<int:number>/", procedures.tick, name="run_tick"),
    path("runs/<str:ref>/hand/", procedures.hand_over, name="run_hand"),
    path("runs/<str:ref>/act/<slug:deed>/", procedures.act, name="run_act"),
    path("calls/<int:call_id>/", pages.show_call, name="call"),
    path("calls/<int:call_id>/answer/", pages.answer, name="answer"),
    path("calls/<int:call_id>/round/", pages.make_round, name="round"),
]
