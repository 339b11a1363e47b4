"""Addresses of the api door."""

from django.urls import path
from ninja import NinjaAPI

from renwang import __version__
from renwang.signals.payloads import LARGEST
from renwang.web.api import (
    alerts,
    bulletins,
    calls,
    drafts,
    duties,
    gateways,
    numbers,
    places,
    readiness,
    signals,
)
from renwang.web.api.keys import is_known, ways_in
from renwang.web.api.problems import handle_problems
from renwang.web.frame.bodies import takes

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
api.add_router("/bulletins", bulletins.router)
api.add_router("/questions", bulletins.questions)
api.add_router("/duties", duties.router)
api.add_router("/readiness", readiness.router)
api.add_router("/units", places.router)
api.add_router("/old-numbers", numbers.router)
api.add_router("/journal", places.journal_router)
api.add_router("/gateways", gateways.router)
api.add_router("/signals", signals.router)
api.add_router("/readings", signals.readings)
api.add_router("/sensors", signals.sensors)
api.add_router("/proposals", signals.proposals)
api.add_router("/sensorthings/v1.1", signals.sensorthings)

TAKE_MUCH = {
    "receive_alert": alerts.LARGEST,
    "take_in_readings": LARGEST,
    "create_observations": LARGEST,
    "create_data_arrays": LARGEST,
}
urls = api.urls
for pattern in urls[0]:
    if pattern.name in TAKE_MUCH:
        takes(TAKE_MUCH[pattern.name], known=is_known)(pattern.callback)

urlpatterns = [path("v1/", urls)]
