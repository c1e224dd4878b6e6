"""Addresses of the list of leads and of making one."""

from django.urls import path

from cadans.web.leads import making, views

app_name = "leads"
urlpatterns = [
    path("", views.leads, name="list"),
    path("bulk/", views.bulk, name="bulk"),
    path("export.csv", views.export, name="export"),
    path("new/", making.new, name="new"),
    path("new/alike/", making.alike, name="alike"),
]
