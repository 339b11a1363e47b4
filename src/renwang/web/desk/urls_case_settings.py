"""Addresses of the desk's pages about kinds of case and working days."""

from django.urls import path

from renwang.web.desk import case_settings, case_tellings

urlpatterns = [
    path("settings/workdays/", case_settings.change_workdays, name="cases_workdays"),
    path("settings/kinds/", case_settings.show_kinds, name="case_kinds"),
    path("settings/kinds/add/", case_settings.change_kind, name="case_kind_add"),
    path("settings/kinds/of/<str:key>/", case_settings.change_kind, name="case_kind"),
    path("settings/kinds/of/<str:key>/remove/", case_settings.remove_kind, name="case_kind_remove"),
    path("settings/cases/messages/", case_tellings.change, name="case_tellings"),
    path("settings/cases/changes/", case_settings.show_changes, name="case_changes"),
    path("settings/cases/changes/<int:key>/", case_settings.show_change, name="case_change"),
    path("settings/cases/<slug:setting>/export/", case_settings.give, name="case_setting_export"),
    path("settings/cases/<slug:setting>/bring/", case_settings.bring, name="case_setting_bring"),
    path(
        "settings/cases/<slug:setting>/confirm/", case_settings.confirm, name="case_setting_confirm"
    ),
    path(
        "settings/cases/<slug:setting>/restore/", case_settings.restore, name="case_setting_restore"
    ),
]
