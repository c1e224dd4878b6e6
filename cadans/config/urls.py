"""Every address of the product: health, the API, the pages."""

from django.urls import include, path

from cadans.api.v1 import api
from cadans.config import health
from cadans.web.audience_hook import audience_hook
from cadans.web.process.files import schema
from cadans.web.styleguide import styleguide

urlpatterns = [
    path("", include("cadans.web.today.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", api.urls),
    path("account/", include("cadans.web.account.urls")),
    path("account/", include("allauth.urls")),
    path("insight/", include("cadans.web.insight.urls")),
    path("styleguide/", styleguide),
    path("board/", include("cadans.web.board.urls")),
    path("leads/", include("cadans.web.leads.urls")),
    path("leads/<uuid:id>/", include("cadans.web.lead.urls")),
    path("mail/", include("cadans.web.mail.urls")),
    path("tasks/", include("cadans.web.tasks.urls")),
    path("people/", include("cadans.web.people.urls")),
    path("companies/", include("cadans.web.companies.urls")),
    path("notifications/", include("cadans.web.notifications.urls")),
    path("search/", include("cadans.web.search.urls")),
    path("process/", include("cadans.web.process.urls")),
    path("playbook.schema.json", schema, name="playbook_schema"),
    path("hooks/audiences/<uuid:id>/<str:secret>/", audience_hook, name="audience_hook"),
    path("settings/imports/", include("cadans.web.imports.urls")),
    path("settings/lookups/", include("cadans.web.enrichment.urls")),
    path("settings/", include("cadans.web.settings.urls")),
    path("welcome/", include("cadans.web.welcome.urls")),
]
