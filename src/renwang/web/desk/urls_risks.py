"""Addresses of the desk's pages about the risk list."""

from django.urls import path

from renwang.web.desk import risk_acts, risk_overview, risks

urlpatterns = [
    path("risks/", risks.show_risks, name="risks"),
    path("risks/add/", risks.add, name="risk_add"),
    path("risks/overview/", risk_overview.show_overview, name="risk_overview"),
    path("risks/units.json", risk_overview.show_units, name="risk_units"),
    path("risks/surveys/", risk_overview.show_surveys, name="risk_surveys"),
    path("risks/surveys/add/", risk_overview.add_survey, name="risk_survey_add"),
    path("risks/surveys/<str:ref>/", risk_overview.show_survey, name="risk_survey"),
    path("risks/scale/", risk_overview.show_scale, name="risk_scale"),
    path("risks/photos/<uuid:key>/", risks.give_photo, name="risk_photo"),
    path("risks/photos/<uuid:key>/remove/", risk_acts.remove_photo, name="risk_photo_remove"),
    path("risks/<str:ref>/", risks.show_risk, name="risk"),
    path("risks/<str:ref>/judge/", risk_acts.judge, name="risk_judge"),
    path("risks/<str:ref>/dismiss/", risk_acts.dismiss, name="risk_dismiss"),
    path("risks/<str:ref>/reopen/", risk_acts.reopen, name="risk_reopen"),
    path("risks/<str:ref>/note/", risk_acts.note, name="risk_note"),
    path("risks/<str:ref>/photograph/", risk_acts.photograph, name="risk_photograph"),
    path("risks/<str:ref>/measures/", risk_acts.plan, name="risk_plan"),
    path("risks/<str:ref>/measures/<int:number>/done/", risk_acts.finish, name="risk_finish"),
    path("risks/<str:ref>/measures/<int:number>/drop/", risk_acts.drop, name="risk_drop"),
    path("risks/<str:ref>/rectify/", risk_acts.rectify, name="risk_rectify"),
    path("risks/<str:ref>/recheck/", risk_acts.recheck, name="risk_recheck"),
    path("risks/<str:ref>/refer/", risk_acts.refer, name="risk_refer"),
    path("risks/<str:ref>/answer/", risk_acts.answer, name="risk_answer"),
    path("risks/<str:ref>/take-back/", risk_acts.take_back, name="risk_take_back"),
    path("risks/<str:ref>/accept/", risk_acts.accept, name="risk_accept"),
]
