"""Addresses of the desk's pages about the care list: an entry's random key, and nothing else about anybody."""

from django.urls import path

from renwang.web.desk import (
    care,
    care_entering,
    care_openings,
    care_papers,
    care_rounds,
    care_tables,
)

urlpatterns = [
    path("care/", care.show_entries, name="care"),
    path("care/enter/", care_entering.enter, name="care_enter"),
    path("care/openings/", care_openings.show_openings, name="care_openings"),
    path("care/openings/<uuid:opening_id>/close/", care_openings.close, name="care_close"),
    path("care/papers/", care_papers.show_papers, name="care_papers"),
    path("care/papers/<uuid:paper_id>/", care_papers.account, name="care_paper"),
    path("care/tables/", care_tables.send, name="care_tables"),
    path("care/tables/template.xlsx", care_tables.give_template, name="care_template"),
    path("care/tables/<uuid:table_id>/", care_tables.show, name="care_table"),
    path("care/tables/<uuid:table_id>/errors/", care_tables.give_errors, name="care_table_errors"),
    path("care/tables/<uuid:table_id>/commit/", care_tables.commit, name="care_table_commit"),
    path("care/tables/<uuid:table_id>/drop/", care_tables.drop, name="care_table_drop"),
    path("care/rounds/", care_rounds.show_rounds, name="care_rounds"),
    path("care/rounds/<uuid:round_id>/", care_rounds.show_round, name="care_round"),
    path("care/rounds/<uuid:round_id>/order/", care_rounds.explain, name="care_round_order"),
    path("care/rounds/<uuid:round_id>/send/", care_rounds.send, name="care_round_send"),
    path("care/rounds/<uuid:round_id>/note/", care_rounds.note, name="care_round_note"),
    path("care/<uuid:entry_id>/", care.show_entry, name="care_entry"),
    path("care/<uuid:entry_id>/open/", care.open_entry, name="care_open"),
    path("care/<uuid:entry_id>/change/", care_entering.change, name="care_change"),
    path("care/<uuid:entry_id>/move/", care_entering.move, name="care_move"),
    path("care/<uuid:entry_id>/slip/", care_entering.hand_out, name="care_slip"),
    path("care/<uuid:entry_id>/pair/", care.pair, name="care_pair"),
    path("care/<uuid:entry_id>/consent/", care.renew, name="care_consent"),
    path("care/<uuid:entry_id>/visit/", care.visit, name="care_visit"),
    path("care/<uuid:entry_id>/act/<slug:deed>/", care.act, name="care_act"),
]
