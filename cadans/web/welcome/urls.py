"""The address of the first run."""

from django.urls import path

from cadans.web.welcome import views

app_name = "welcome"

urlpatterns = [path("", views.welcome, name="welcome")]
