"""Addresses of the desk's pages about briefs."""

from django.urls import path

from renwang.web.desk import briefs

urlpatterns = [
    path("briefs/", briefs.show_briefs, name="briefs"),
    path("briefs/begin/", briefs.begin, name="brief_begin"),
    path("briefs/<str:ref>/", briefs.show_brief, name="brief"),
    path("briefs/<str:ref>/edit/", briefs.edit, name="brief_edit"),
    path("briefs/<str:ref>/figures/<str:key>/", briefs.show_figure, name="brief_figure"),
    path("briefs/<str:ref>/do/<str:act>/", briefs.do, name="brief_act"),
]
