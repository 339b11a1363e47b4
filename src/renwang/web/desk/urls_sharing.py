"""Addresses of the desk's pages about sharing by agreement."""

from django.urls import path

from renwang.web.desk import sharing, sharing_cases

urlpatterns = [
    path("sharing/", sharing.show_sharings, name="sharings"),
    path("sharing/add/", sharing.propose, name="sharing_add"),
    path("sharing/photos/<uuid:key>/", sharing_cases.give_photo, name="shared_photo"),
    path("sharing/<str:ref>/", sharing.show_sharing, name="sharing"),
    path("sharing/<str:ref>/do/<str:act>/", sharing.do, name="sharing_act"),
    path("cases/<str:ref>/shared/note/", sharing_cases.note, name="shared_note"),
    path("cases/<str:ref>/shared/contact/", sharing_cases.read_contact, name="shared_contact"),
    path("cases/<str:ref>/share/<uuid:key>/part/", sharing_cases.hand_over, name="share_part"),
    path("cases/<str:ref>/share/<uuid:key>/contact/", sharing_cases.pass_on, name="share_contact"),
]
