"""Addresses of the desk's pages about mediation."""

from django.urls import path

from renwang.web.desk import mediation_acts, mediation_register, mediations

urlpatterns = [
    path("mediations/", mediations.show_mediations, name="mediations"),
    path("mediations/ask/", mediations.ask, name="mediation_ask"),
    path("mediations/calendar/", mediation_register.show_calendar, name="mediation_calendar"),
    path("mediations/sessions.ics", mediation_register.give_calendar, name="mediation_ics"),
    path("mediations/figures/", mediation_register.show_figures, name="mediation_figures"),
    path("mediations/register/", mediation_register.show_register, name="mediators"),
    path("mediations/register/add/", mediation_register.add_mediator, name="mediator_add"),
    path("mediations/register/<uuid:key>/", mediation_register.change_mediator, name="mediator"),
    path(
        "mediations/register/<uuid:key>/end/", mediation_register.end_mediator, name="mediator_end"
    ),
    path("mediations/stations/add/", mediation_register.keep_station, name="station_add"),
    path("mediations/stations/<uuid:key>/", mediation_register.keep_station, name="station"),
    path("mediations/<str:ref>/", mediations.show_mediation, name="mediation"),
    path("mediations/<str:ref>/do/<slug:act>/", mediation_acts.do, name="mediation_act"),
    path(
        "mediations/<str:ref>/parties/<uuid:key>/",
        mediation_acts.open_party,
        name="mediation_party",
    ),
    path(
        "mediations/<str:ref>/confidences/",
        mediation_acts.open_confidences,
        name="mediation_confidences",
    ),
    path(
        "mediations/<str:ref>/agreement/", mediation_acts.open_agreement, name="mediation_agreement"
    ),
]
