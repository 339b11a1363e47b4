"""Pages for machines that look after the node: alive, ready, metrics. They hold nothing personal."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from renwang.base.pure.clock import read_clock
from renwang.ops.condition import look, migrations_missing
from renwang.ops.metrics import render


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the node can do its work: 200 if every check is true, 503 if not."""
    checks = {"database": True, "migrations": False, "worker": False, "sealing": False}
    try:
        checks["migrations"] = not migrations_missing()
        if checks["migrations"]:
            seen = look(read_clock())
            checks["worker"] = seen.worker_is_alive
            checks["sealing"] = not seen.sealing_is_late
    except DatabaseError:
        checks["database"] = False
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the node's metrics to Prometheus."""
    try:
        return HttpResponse(render(look(read_clock())), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError:
        return HttpResponse("the database is away\n", status=503, content_type="text/plain")
