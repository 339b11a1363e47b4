"""Addresses of the desk's pages about signals, matters, proposals, sensors and triggers."""

from django.urls import path

from renwang.web.desk import matters, proposals, sensors, signals, triggers

urlpatterns = [
    path("signals/", signals.show_signals, name="signals"),
    path("signals/bring-in/", signals.bring_in, name="signal_bring_in"),
    path("signals/<str:ref>/", signals.show_signal, name="signal"),
    path("signals/<str:ref>/note/", signals.annotate, name="signal_note"),
    path("signals/<str:ref>/aside/", signals.put_aside, name="signal_aside"),
    path("signals/<str:ref>/reopen/", signals.reopen, name="signal_reopen"),
    path("signals/<str:ref>/link/", signals.link, name="signal_link"),
    path("signals/<str:ref>/unlink/", signals.unlink, name="signal_unlink"),
    path("signals/<str:ref>/meet/", signals.meet, name="signal_meet"),
    path("signals/<str:ref>/assess/", matters.assess_signal, name="signal_assess"),
    path("matters/", matters.show_matters, name="matters"),
    path("matters/<str:ref>/", matters.show_matter, name="matter"),
    path("matters/<str:ref>/assess/", matters.assess_matter, name="matter_assess"),
    path("matters/<str:ref>/refer/", matters.refer, name="matter_refer"),
    path("matters/<str:ref>/ask/", matters.ask_for_warning, name="matter_ask"),
    path("referrals/", matters.show_referrals, name="referrals"),
    path("referrals/<str:ref>/", matters.show_referral, name="referral"),
    path("referrals/<str:ref>/take-back/", matters.take_back, name="referral_take_back"),
    path("proposals/", proposals.show_proposals, name="proposals"),
    path("proposals/<str:ref>/", proposals.show_proposal, name="proposal"),
    path("proposals/<str:ref>/dismiss/", proposals.dismiss, name="proposal_dismiss"),
    path("proposals/<str:ref>/hand-on/", proposals.hand_on, name="proposal_hand_on"),
    path("sensors/", sensors.show_sensors, name="sensors"),
    path("sensors/add/", sensors.add, name="sensor_add"),
    path("sensors/<str:ref>/", sensors.show_sensor, name="sensor"),
    path("sensors/<str:ref>/change/", sensors.change, name="sensor_change"),
    path("sensors/<str:ref>/use/", sensors.use, name="sensor_use"),
    path("sensors/<str:ref>/series/", sensors.add_series, name="series_add"),
    path("sensors/<str:ref>/series/<str:key>/", sensors.change_series, name="series_change"),
    path("triggers/", triggers.show_triggers, name="triggers"),
    path("triggers/add/", triggers.add, name="trigger_add"),
    path("triggers/copy/", triggers.copy, name="trigger_copy"),
    path("triggers/<str:ref>/", triggers.show_trigger, name="trigger"),
    path("triggers/<str:ref>/change/", triggers.change, name="trigger_change"),
    path("triggers/<str:ref>/switch/", triggers.switch, name="trigger_switch"),
    path("triggers/<str:ref>/watch/", triggers.watch, name="trigger_watch"),
    path(
        "triggers/<str:ref>/watches/<uuid:key>/stop/",
        triggers.stop_watching,
        name="trigger_stop_watching",
    ),
]
