"""Addresses of the desk's pages about bulletins, questions and what places tell."""

from django.urls import path

from renwang.web.desk import bulletin_writing, bulletins, place_info, questions

urlpatterns = [
    path("bulletins/", bulletins.show_bulletins, name="bulletins"),
    path("bulletins/write/", bulletin_writing.write, name="bulletin_write"),
    path("bulletins/preview/", bulletin_writing.preview, name="bulletin_preview"),
    path("bulletins/<uuid:bulletin_id>/", bulletins.show_bulletin, name="bulletin"),
    path("bulletins/<uuid:bulletin_id>/edit/", bulletin_writing.edit, name="bulletin_edit"),
    path(
        "bulletins/<uuid:bulletin_id>/correct/", bulletin_writing.correct, name="bulletin_correct"
    ),
    path("bulletins/<uuid:bulletin_id>/act/<slug:deed>/", bulletins.act, name="bulletin_act"),
    path(
        "bulletins/<uuid:bulletin_id>/reason/<slug:deed>/",
        bulletins.act_with_reason,
        name="bulletin_reason",
    ),
    path("questions/", questions.show_questions, name="questions"),
    path("questions/enter/", questions.enter, name="question_enter"),
    path("questions/<uuid:question_id>/", questions.show_question, name="question"),
    path("questions/<uuid:question_id>/answer/", questions.answer, name="question_answer"),
    path("questions/<uuid:question_id>/merge/", questions.merge, name="question_merge"),
    path("questions/<uuid:question_id>/contact/", questions.see_contact, name="question_contact"),
    path("questions/<uuid:question_id>/act/<slug:deed>/", questions.act, name="question_act"),
    path("settings/places/", place_info.show_places, name="place_infos"),
    path("settings/places/<str:ref>/", place_info.change_place, name="place_info"),
]
