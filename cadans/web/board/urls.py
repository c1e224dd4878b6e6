"""Addresses of the board."""

from django.urls import path

from cadans.web.board import views

app_name = "board"
urlpatterns = [
    path("", views.default_board, name="default"),
    path("<slug:key>/", views.board_page, name="board"),
    path("<slug:key>/live/", views.board_live, name="live"),
]
