"""The node's addresses, and beside them a view that does nothing but insert one row."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from renwang.base.models import Counter


@require_POST
def insert_one_row(request: HttpRequest) -> HttpResponse:
    """Insert one row in a transaction of its own, with what was sent in its name."""
    Counter.objects.create(name=f"bench-{uuid4().hex}-{len(request.POST['words'])}", value=1)
    return HttpResponse(status=204)


urlpatterns = [
    path("bench/bare/", insert_one_row),
    path("", include("renwang.conf.urls")),
]
