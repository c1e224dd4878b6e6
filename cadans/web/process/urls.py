"""Addresses of the manager's desk."""

from django.urls import path

from cadans.web.process import (
    editing,
    files,
    gallery,
    publishing,
    trying,
    versions,
    views,
    wall_chart,
)

app_name = "process"

STAGE = "<slug:key>/stages/<str:stage>"
PART = f"{STAGE}/<str:part>"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", gallery.gallery, name="new"),
    path("new/nothing/", gallery.begin, name="begin_with_nothing"),
    path("new/from-file/", files.new, name="new_from_file"),
    path("new/<slug:playbook>/", gallery.begin, name="begin"),
    path("condition-row/", views.condition_row, name="condition_row"),
    path("<slug:key>/", views.designer, name="designer"),
    path("<slug:key>/rename/", views.rename, name="rename"),
    path("<slug:key>/default/", views.make_default, name="make_default"),
    path("<slug:key>/archive/", views.archive, name="archive"),
    path("<slug:key>/publish/", publishing.publish, name="publish"),
    path("<slug:key>/discard/", publishing.discard, name="discard"),
    path("<slug:key>/file/", files.replace, name="file"),
    path("<slug:key>/playbook.yaml", files.download, name="download"),
    path("<slug:key>/versions/", publishing.versions_page, name="versions"),
    path("<slug:key>/versions/compare/", versions.comparison, name="compare"),
    path("<slug:key>/try/", trying.ask, name="try"),
    path("<slug:key>/tries/<uuid:id>/", trying.tried, name="tried"),
    path("<slug:key>/tries/<uuid:id>/progress/", trying.progress, name="try_progress"),
    path("<slug:key>/tries/<uuid:id>/leads/", trying.tried_leads, name="tried_leads"),
    path("<slug:key>/stages/", editing.add_stage, name="add_stage"),
    path("<slug:key>/stages/move/", editing.move_stage, name="move_stage"),
    path("<slug:key>/wall-chart/", wall_chart.wall_chart, name="wall_chart"),
    path("<slug:key>/wall-chart.svg", wall_chart.wall_chart_svg, name="wall_chart_svg"),
    path("<slug:key>/wall-chart.pdf", wall_chart.wall_chart_pdf, name="wall_chart_pdf"),
    path(f"{STAGE}/remove/", editing.remove_stage, name="remove_stage"),
    path(f"{STAGE}/settings/", editing.save_settings, name="save_settings"),
    path(f"{STAGE}/guidance/", editing.save_guidance, name="save_guidance"),
    path(f"{STAGE}/goals-needed/", editing.save_goals_needed, name="save_goals_needed"),
    path(f"{STAGE}/fallback/", editing.save_fallback, name="save_fallback"),
    path(f"{PART}/add/", editing.edit_part, name="add_part"),
    path(f"{PART}/move/", editing.move_part, name="move_part"),
    path(f"{PART}/<str:item>/", editing.edit_part, name="edit_part"),
    path(f"{PART}/<str:item>/remove/", editing.remove_part, name="remove_part"),
]
