"""Addresses of the desk's pages about other nodes: who they are, what they answered, what we answered them."""

from django.urls import path

from renwang.web.desk import peers

urlpatterns = [
    path("alerts/replies/", peers.show_replies, name="replies"),
    path("alerts/replies/<uuid:reply_id>/original/", peers.give_reply, name="reply_original"),
    path("alerts/answers/<uuid:reply_id>/again/", peers.send_again, name="answer_again"),
    path("settings/nodes/", peers.show_peers, name="peers"),
    path("settings/nodes/add/", peers.add, name="peer_add"),
    path("settings/nodes/<uuid:peer_id>/", peers.change, name="peer"),
    path("settings/nodes/<uuid:peer_id>/stop/", peers.stop, name="peer_stop"),
]
