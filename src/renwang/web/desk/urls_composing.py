"""Addresses of the warning desk: drafts, histories, wordings."""

from django.urls import path

from renwang.web.desk import composing, drafts, histories, wordings

urlpatterns = [
    path("drafts/", drafts.show_drafts, name="drafts"),
    path("drafts/start/", composing.start, name="compose"),
    path("drafts/<uuid:draft_id>/", drafts.show_draft, name="draft"),
    path("drafts/<uuid:draft_id>/edit/", composing.edit, name="draft_edit"),
    path("drafts/<uuid:draft_id>/area/", composing.area, name="draft_area"),
    path("drafts/<uuid:draft_id>/units.json", composing.show_units, name="draft_units"),
    path("drafts/<uuid:draft_id>/submit/", drafts.submit, name="draft_submit"),
    path("drafts/<uuid:draft_id>/approve/", drafts.approve, name="draft_approve"),
    path("drafts/<uuid:draft_id>/issue/", drafts.issue, name="draft_issue"),
    path("drafts/<uuid:draft_id>/return/", drafts.give_back, name="draft_return"),
    path("drafts/<uuid:draft_id>/drop/", drafts.drop, name="draft_drop"),
    path("alerts/<uuid:alert_id>/follow/", composing.follow, name="alert_follow"),
    path("alerts/<uuid:alert_id>/note/", composing.start_relay, name="alert_note"),
    path("alerts/<uuid:alert_id>/history/", histories.show_history, name="alert_history"),
    path("settings/wordings/", wordings.show_wordings, name="wordings"),
    path(
        "settings/wordings/<slug:hazard>/<slug:tier>/<str:language>/",
        wordings.change,
        name="wording",
    ),
]
