"""Addresses of the desk's pages about linked systems, and about cases that go there."""

from django.urls import path

from renwang.web.desk import linked, linked_cases

urlpatterns = [
    path("settings/linked/", linked.show_systems, name="linked"),
    path("settings/linked/add/", linked.add, name="linked_add"),
    path("settings/linked/<uuid:key>/", linked.show_system, name="linked_system"),
    path("settings/linked/<uuid:key>/change/", linked.change, name="linked_change"),
    path("settings/linked/<uuid:key>/map/", linked.map_services, name="linked_map"),
    path("settings/linked/<uuid:key>/visit/", linked.visit, name="linked_visit"),
    path("settings/linked/<uuid:key>/pause/", linked.pause, name="linked_pause"),
    path("cases/<str:ref>/send/<uuid:key>/", linked_cases.send, name="case_send"),
    path("cases/<str:ref>/tell/<uuid:key>/", linked_cases.tell, name="case_tell"),
    path("cases/<str:ref>/give-up/<uuid:key>/", linked_cases.give_up, name="case_give_up"),
]
