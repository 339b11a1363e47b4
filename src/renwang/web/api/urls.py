"""Addresses of the api door."""

from django.urls import path
from ninja import NinjaAPI

from renwang import __version__
from renwang.web.api import alerts, calls, drafts, gateways, places
from renwang.web.api.keys import ways_in
from renwang.web.api.problems import handle_problems

api = NinjaAPI(
    title="Renwang 韧网",
    version=__version__,
    description=(
        "Warnings, the chain, answers and the journal of one node. Every refusal is a problem document "
        "(RFC 9457) whose `code` never changes and whose `detail` is a sentence in the caller's language."
    ),
    urls_namespace="api",
    auth=ways_in,
)
handle_problems(api)
api.add_router("/alerts", alerts.router)
api.add_router("/notices", alerts.notices)
api.add_router("/calls", calls.router)
api.add_router("/drafts", drafts.router)
api.add_router("/units", places.router)
api.add_router("/journal", places.journal_router)
api.add_router("/gateways", gateways.router)

urlpatterns = [path("v1/", api.urls)]
