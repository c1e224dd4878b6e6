"""Addresses of one lead: its page, and everything one does with it."""

from django.urls import path

from cadans.web.lead import fields, moves, parts, views, work
from cadans.web.mail import views as mail

app_name = "lead"
urlpatterns = [
    path("", views.page, name="page"),
    path("live/", views.live, name="live"),
    path("story/", views.story, name="story"),
    path("stages/<slug:key>/", views.stage, name="stage"),
    path("fields/<str:name>/", fields.field, name="field"),
    path("move/", moves.move, name="move"),
    path("move/<slug:key>/", moves.move_to, name="move_to"),
    path("win/", moves.win, name="win"),
    path("lose/", moves.lose, name="lose"),
    path("cancel/", moves.cancel, name="cancel"),
    path("reopen/", moves.reopen, name="reopen"),
    path("undo/<uuid:event>/", moves.undo, name="undo"),
    path("assign/", moves.assign, name="assign"),
    path("delete/", moves.delete, name="delete"),
    path("mail/", mail.write, name="mail"),
    path("log/", work.log, name="log"),
    path("planned/<uuid:activity>/", work.planned, name="planned"),
    path("goals/<slug:key>/", work.tick, name="tick"),
    path("tasks/", work.add_task, name="add_task"),
    path("people/", parts.people, name="people"),
    path("people/<uuid:person>/role/", parts.role, name="role"),
    path("people/<uuid:person>/remove/", parts.remove, name="remove_person"),
    path("products/", parts.products, name="products"),
]
