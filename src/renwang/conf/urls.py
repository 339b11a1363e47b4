"""Which door answers which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("renwang.ops.urls")),
    path("", include("renwang.web.frame.urls")),
    path("", include("renwang.web.public.urls")),
    path("desk/", include("renwang.web.desk.urls")),
    path("field/", include("renwang.web.field.urls")),
    path("api/", include("renwang.web.api.urls")),
    path("open311/", include("renwang.web.api.urls_open311")),
]
