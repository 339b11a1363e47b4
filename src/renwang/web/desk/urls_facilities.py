"""Addresses of the desk's pages about facilities and service centres."""

from django.urls import path

from renwang.web.desk import facilities, facility_acts, facility_stock, facility_views

urlpatterns = [
    path("facilities/", facilities.show_facilities, name="facilities"),
    path("facilities/add/", facility_acts.add, name="facility_add"),
    path("facilities/map/", facility_views.show_map, name="facility_map"),
    path("facilities/units.json", facility_views.give_units, name="facility_units"),
    path("facilities/marks.json", facility_views.give_marks, name="facility_marks"),
    path("facilities/coverage/", facility_views.show_coverage, name="facility_coverage"),
    path("facilities/reach.json", facility_views.give_reach, name="facility_reach"),
    path("facilities/standing.json", facility_views.give_standing, name="facility_standing"),
    path("facilities/centres/", facility_views.show_centres, name="facility_centres"),
    path("facilities/findings/", facility_views.show_findings, name="facility_findings"),
    path("facilities/figures/", facility_views.show_figures, name="facility_figures"),
    path("facilities/stock/", facility_stock.show_stock, name="facility_stock"),
    path("facilities/photos/<uuid:key>/", facilities.give_photo, name="facility_photo"),
    path(
        "facilities/photos/<uuid:key>/remove/",
        facility_acts.remove_photo,
        name="facility_photo_remove",
    ),
    path("facilities/<str:ref>/", facilities.show_facility, name="facility"),
    path("facilities/<str:ref>/sheet/", facilities.show_sheet, name="facility_sheet"),
    path("facilities/<str:ref>/change/", facility_acts.change, name="facility_change"),
    path("facilities/<str:ref>/state/", facility_acts.change_state, name="facility_state"),
    path("facilities/<str:ref>/open/", facility_acts.open_up, name="facility_open"),
    path("facilities/<str:ref>/shut/", facility_acts.shut, name="facility_shut"),
    path("facilities/<str:ref>/inspect/", facility_acts.inspect, name="facility_inspect"),
    path("facilities/<str:ref>/photograph/", facility_acts.photograph, name="facility_photograph"),
    path("facilities/<str:ref>/rooms/", facility_acts.keep_room, name="facility_room_add"),
    path("facilities/<str:ref>/rooms/<int:number>/", facility_acts.keep_room, name="facility_room"),
    path(
        "facilities/<str:ref>/rooms/<int:number>/strike/",
        facility_acts.strike_room,
        name="facility_room_strike",
    ),
    path("facilities/<str:ref>/stock/", facility_stock.keep, name="facility_stock_add"),
    path("facilities/<str:ref>/stock/<uuid:key>/", facility_stock.keep, name="facility_stock_one"),
    path(
        "facilities/<str:ref>/stock/<uuid:key>/count/",
        facility_stock.count,
        name="facility_stock_count",
    ),
    path(
        "facilities/<str:ref>/stock/<uuid:key>/strike/",
        facility_stock.strike,
        name="facility_stock_strike",
    ),
    path("facilities/<str:ref>/defects/", facility_acts.report_defect, name="facility_defect_add"),
    path(
        "facilities/<str:ref>/defects/<int:number>/mend/", facility_acts.mend, name="facility_mend"
    ),
    path(
        "facilities/<str:ref>/defects/<int:number>/drop/", facility_acts.drop, name="facility_drop"
    ),
    path(
        "facilities/<str:ref>/defects/<int:number>/reopen/",
        facility_acts.reopen,
        name="facility_reopen",
    ),
    path(
        "facilities/<str:ref>/defects/<int:number>/risk/",
        facility_acts.raise_risk,
        name="facility_raise_risk",
    ),
    path(
        "facilities/<str:ref>/defects/<int:number>/assign/",
        facility_acts.assign,
        name="facility_assign",
    ),
]
