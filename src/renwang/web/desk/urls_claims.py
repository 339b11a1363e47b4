"""Addresses of the desk's pages about departments' grids, borders and grid codes."""

from django.urls import path

from renwang.web.desk import borders, claims, one_division

urlpatterns = [
    path("departments/", claims.show_departments, name="departments"),
    path("departments/files/<str:kind>/", claims.give_file, name="claim_file"),
    path("departments/<uuid:key>/forget/", claims.forget, name="department_forget"),
    path("units/<str:ref>/claims/", claims.show_compared, name="claims"),
    path("units/<str:ref>/claims/map.json", claims.show_layers, name="claim_layers"),
    path("units/<str:ref>/one-division/", one_division.merge, name="one_division"),
    path("units/<str:ref>/old-numbers/", one_division.show_numbers, name="old_numbers"),
    path("units/<str:ref>/border/", borders.draw_border, name="unit_border"),
    path("units/<str:ref>/border/map.json", borders.show_beside, name="unit_borders_map"),
    path("units/<str:ref>/cut/", borders.cut, name="unit_cut"),
    path("units/<str:ref>/buildings-check/", borders.show_lying, name="unit_lying"),
    path("units/<str:ref>/buildings-check/map.json", borders.show_lying_map, name="unit_lying_map"),
    path("units/<str:ref>/codes/", borders.give_codes, name="unit_codes"),
]
