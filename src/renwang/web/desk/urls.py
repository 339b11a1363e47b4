"""Addresses of the desk door."""

from django.urls import include, path

from renwang.web.desk import alerts, feeds, home, maps, rehearsals, relays, terms

app_name = "desk"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("live/", home.show_live, name="home_live"),
    path("units.json", home.show_units, name="home_units"),
    path("alerts/", alerts.show_alerts, name="alerts"),
    path("alerts/receive/", alerts.receive, name="receive"),
    path("alerts/<uuid:alert_id>/", alerts.show_alert, name="alert"),
    path("alerts/<uuid:alert_id>/original/", alerts.give_original, name="alert_original"),
    path("alerts/<uuid:alert_id>/units.json", alerts.show_units, name="alert_units"),
    path("alerts/<uuid:alert_id>/dismiss/", alerts.dismiss, name="dismiss"),
    path("alerts/<uuid:alert_id>/choose/", alerts.choose, name="choose"),
    path("alerts/<uuid:alert_id>/relay/", alerts.relay, name="relay"),
    path("maps/<str:layer>.json", maps.show_backdrop, name="backdrop"),
    path("relays/<uuid:relay_id>/", relays.show_board, name="relay_board"),
    path("relays/<uuid:relay_id>/live/", relays.show_live, name="relay_live"),
    path("relays/<uuid:relay_id>/units.json", relays.show_units, name="relay_units"),
    path("relays/<uuid:relay_id>/missing/", relays.show_missing, name="relay_missing"),
    path("relays/<uuid:relay_id>/coverage/", relays.export_coverage, name="relay_coverage"),
    path("relays/<uuid:relay_id>/story/", relays.show_story, name="relay_story"),
    path("relays/<uuid:relay_id>/sheet/", relays.show_sheet, name="relay_sheet"),
    path("relays/<uuid:relay_id>/withdraw/", relays.withdraw, name="relay_withdraw"),
    path("relays/<uuid:relay_id>/calls/<int:call_id>/", relays.show_call, name="relay_call"),
    path(
        "relays/<uuid:relay_id>/calls/<int:call_id>/answer/",
        relays.note_answer,
        name="relay_answer",
    ),
    path(
        "relays/<uuid:relay_id>/calls/<int:call_id>/round/", relays.note_round, name="relay_round"
    ),
    path("rehearsals/", rehearsals.show_rehearsals, name="rehearsals"),
    path("rehearsals/start/", rehearsals.start, name="rehearsal_start"),
    path("rehearsals/<uuid:key>/", rehearsals.show_rehearsal, name="rehearsal"),
    path("rehearsals/<uuid:key>/live/", rehearsals.show_live, name="rehearsal_live"),
    path("rehearsals/<uuid:key>/stop/", rehearsals.stop, name="rehearsal_stop"),
    path("rehearsals/<uuid:key>/replay/", rehearsals.show_replay, name="rehearsal_replay"),
    path("rehearsals/<uuid:key>/story/", rehearsals.show_story, name="rehearsal_story"),
    path("rehearsals/<uuid:key>/export/", rehearsals.export, name="rehearsal_export"),
    path("settings/feeds/", feeds.show_feeds, name="feeds"),
    path("settings/feeds/add/", feeds.add, name="feed_add"),
    path("settings/feeds/<uuid:feed_id>/", feeds.change, name="feed"),
    path("settings/feeds/<uuid:feed_id>/look/", feeds.look, name="feed_look"),
    path("settings/feeds/<uuid:feed_id>/stop/", feeds.stop, name="feed_stop"),
    path("settings/terms/", terms.show_terms, name="terms"),
    path("settings/terms/<str:colour>/", terms.change_terms, name="term"),
    path("", include("renwang.web.desk.urls_chain")),
]
