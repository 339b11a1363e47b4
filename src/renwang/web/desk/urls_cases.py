"""Addresses of the desk's pages about cases."""

from django.urls import path

from renwang.web.desk import case_acts, case_views, case_voices, cases, placards

urlpatterns = [
    path("cases/", cases.show_cases, name="cases"),
    path("cases/enter/", cases.enter, name="case_enter"),
    path("cases/map/", case_views.show_map, name="cases_map"),
    path("cases/marks.json", case_views.give_marks, name="cases_marks"),
    path("cases/units.json", case_views.give_units, name="cases_units"),
    path("cases/ring/", case_views.show_to_ring, name="cases_ring"),
    path("cases/placards/", placards.show_placards, name="placards"),
    path("cases/placards/print/", placards.print_placards, name="placards_print"),
    path(
        "cases/placards/building/<uuid:key>/",
        placards.print_of_building,
        name="placards_building",
    ),
    path(
        "cases/placards/facility/<str:ref>/",
        placards.print_of_facility,
        name="placards_facility",
    ),
    path("cases/placards/printed/<uuid:key>/", placards.give_printed, name="placards_printed"),
    path("cases/placards/<str:code>/retire/", placards.retire, name="placard_retire"),
    path("cases/many/", case_acts.do_to_many, name="cases_many"),
    path("cases/many/<uuid:key>/undo/", case_acts.undo, name="cases_undo"),
    path("cases/filters/", case_acts.keep_filter, name="cases_filter"),
    path("cases/voices/<uuid:key>/", case_voices.give_voice, name="case_voice"),
    path("cases/voices/<uuid:key>/write/", case_voices.write_down, name="case_voice_write"),
    path("cases/photos/<uuid:key>/", cases.give_photo, name="case_photo"),
    path("cases/<str:ref>/", cases.show_case, name="case"),
    path("cases/<str:ref>/answer/", case_acts.answer, name="case_answer"),
    path("cases/<str:ref>/ring/", case_acts.ring, name="case_ring"),
    path("cases/<str:ref>/return/", case_acts.give_back, name="case_return"),
    path("cases/<str:ref>/merge/", case_acts.merge, name="case_merge"),
    path("cases/<str:ref>/code/", case_acts.renew_code, name="case_code"),
    path("cases/<str:ref>/speak/", case_voices.add_voice, name="case_speak"),
    path("cases/<str:ref>/photograph/", case_acts.photograph, name="case_photograph"),
    path("cases/<str:ref>/do/<str:act>/", case_acts.do, name="case_act"),
]
