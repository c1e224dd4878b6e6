"""Addresses of people."""

from django.http import HttpResponse
from django.urls import path

app_name = "people"
urlpatterns = [path("", lambda r: HttpResponse(), name="list"), path("suggest/", lambda r: HttpResponse(), name="suggest"), path("<uuid:id>/", lambda r, id: HttpResponse(), name="page")]
