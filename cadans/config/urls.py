"""Every address of the product: health, the API, the pages."""

from django.urls import include, path

from cadans.config import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("account/", include("allauth.urls")),
]
