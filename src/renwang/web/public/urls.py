"""Addresses of the public door."""

from django.urls import path

from renwang.web.public import briefs, bulletins, cached, cases, choosing, pages, questions, refuges

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
    path("places/<str:ref>/refuges/", refuges.show_refuges, name="refuges"),
    path("places/<str:ref>/questions/", questions.list_questions, name="questions"),
    path("places/<str:ref>/ask/", questions.ask, name="ask"),
    path("alerts/<uuid:alert_id>/", pages.show_alert, name="alert"),
    path("alerts/<uuid:alert_id>.cap", pages.show_original, name="original"),
    path("bulletins/<str:ref>/", bulletins.show_bulletin, name="bulletin"),
    path("bulletins/<str:ref>/notice/", bulletins.print_bulletin, name="notice"),
    path("questions/<str:ref>/", questions.show_question, name="question"),
    path("report/", choosing.choose_place, name="report_where"),
    path("places/<str:ref>/sketch.svg", choosing.give_sketch, name="sketch"),
    path("places/<str:ref>/report/", cases.report, name="report"),
    path("r/<str:code>/", cases.report_here, name="report_here"),
    path("briefs/", briefs.show_briefs, name="briefs"),
    path("briefs/<str:ref>/", briefs.show_brief, name="brief"),
    path("c/", cases.find_case, name="find_case"),
    path("c/<str:code>/", cases.show_case, name="case"),
    path("c/<str:code>/add/", cases.add, name="case_add"),
    path("c/<str:code>/confirm/", cases.confirm, name="case_confirm"),
    path("c/<str:code>/reject/", cases.reject, name="case_reject"),
    path("c/<str:code>/withdraw/", cases.withdraw, name="case_withdraw"),
    path("c/<str:code>/messages/", cases.tell_me, name="case_messages"),
    path("c/<str:code>/voices/<uuid:key>/", cases.give_voice, name="case_voice"),
    path("c/<str:code>/photos/<uuid:key>/", cases.give_photo, name="case_photo"),
    path("asked/", questions.find_asked, name="find_asked"),
    path("asked/<str:code>/", questions.show_asked, name="asked"),
    path("asked/<str:code>/judge/", questions.judge, name="judge"),
]
