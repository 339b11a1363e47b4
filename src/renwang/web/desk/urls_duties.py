"""Addresses of the desk's pages about the duties list."""

from django.urls import path

from renwang.web.desk import duties, duty_views, duty_writing

urlpatterns = [
    path("duties/", duties.show_duties, name="duties"),
    path("duties/matrix/", duty_views.show_matrix, name="duty_matrix"),
    path("duties/findings/", duty_views.show_findings, name="duty_findings"),
    path("duties/mine/", duty_views.show_mine, name="duties_mine"),
    path("duties/write/", duty_writing.write, name="duty_write"),
    path("duties/posts/<uuid:key>/", duty_views.show_post, name="duty_post"),
    path("duties/cards/<uuid:key>/", duty_views.show_card, name="duty_card"),
    path("duties/<str:ref>/", duties.show_duty, name="duty"),
    path("duties/<str:ref>/edit/", duty_writing.edit, name="duty_edit"),
    path("duties/<str:ref>/successor/", duty_writing.succeed, name="duty_succeed"),
    path("duties/<str:ref>/remark/", duties.remark, name="duty_remark"),
    path("duties/<str:ref>/remarks/<uuid:remark_id>/settle/", duties.settle, name="duty_settle"),
    path("duties/<str:ref>/act/<slug:deed>/", duties.act, name="duty_act"),
    path("duties/<str:ref>/reason/<slug:deed>/", duties.act_with_reason, name="duty_reason"),
]
