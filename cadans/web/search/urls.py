"""The address that the command palette asks."""

from django.urls import path

from cadans.web.search import views

app_name = "search"
urlpatterns = [path("", views.hits, name="hits")]
