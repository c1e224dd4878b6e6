"""Addresses of the list of leads and of making one."""

from django.http import HttpResponse
from django.urls import path

app_name = "leads"
urlpatterns = [path("", lambda r: HttpResponse(), name="list"), path("new/", lambda r: HttpResponse(), name="new")]
