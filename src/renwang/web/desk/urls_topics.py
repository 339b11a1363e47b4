"""Addresses of the desk's pages about hot spots."""

from django.urls import path

from renwang.web.desk import topics

urlpatterns = [
    path("cases/topics/", topics.show_topics, name="topics"),
    path("cases/topics/<str:ref>/", topics.show_topic, name="topic"),
    path("cases/topics/<str:ref>/do/<str:act>/", topics.do, name="topic_act"),
]
