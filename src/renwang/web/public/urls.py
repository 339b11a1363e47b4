"""Addresses of the public door."""

from django.urls import path

from renwang.web.public import bulletins, cached, pages, questions

app_name = "public"
urlpatterns = [
    path("", pages.show_start, name="start"),
    path("find", pages.find_place, name="find"),
    path("residents.js", cached.give_worker, name="worker"),
    path("alerts.atom", pages.show_feed, name="feed_of_all"),
    path("bulletins.atom", bulletins.show_feed, name="bulletin_feed_of_all"),
    path("places/<str:ref>/", pages.show_place, name="place"),
    path("places/<str:ref>/alerts.atom", pages.show_feed, name="feed"),
    path("places/<str:ref>/bulletins.atom", bulletins.show_feed, name="bulletin_feed"),
    path("places/<str:ref>/bulletins/", bulletins.list_bulletins, name="bulletins"),
    path("places/<str:ref>/questions/", questions.list_questions, name="questions"),
    path("places/<str:ref>/ask/", questions.ask, name="ask"),
    path("alerts/<uuid:alert_id>/", pages.show_alert, name="alert"),
    path("alerts/<uuid:alert_id>.cap", pages.show_original, name="original"),
    path("bulletins/<str:ref>/", bulletins.show_bulletin, name="bulletin"),
    path("bulletins/<str:ref>/notice/", bulletins.print_bulletin, name="notice"),
    path("questions/<str:ref>/", questions.show_question, name="question"),
    path("asked/", questions.find_asked, name="find_asked"),
    path("asked/<str:code>/", questions.show_asked, name="asked"),
    path("asked/<str:code>/judge/", questions.judge, name="judge"),
]
