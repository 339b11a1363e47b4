"""The addresses of the frame alone, and one that refuses: the frame is tested without the doors."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import include, path


def refuse(request: HttpRequest):
    """Refuse whoever comes."""
    raise PermissionDenied


urlpatterns = [path("", include("renwang.web.frame.urls")), path("refuse/", refuse)]
