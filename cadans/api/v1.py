"""The API, version 1: its routers, its errors, its OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.operation import Operation, PathView

from cadans import __version__
from cadans.api import (
    activities,
    activity_kinds,
    alerts,
    assignment_rules,
    audiences,
    board,
    companies,
    custom_fields,
    enrichment,
    imports,
    leads,
    loss_reasons,
    mail,
    mail_templates,
    mailboxes,
    me,
    people,
    pipelines,
    playbooks,
    products,
    progress,
    quotas,
    reports,
    routing_rules,
    routing_tries,
    signals,
    sources,
    suppressions,
    tasks,
    teams,
    territories,
    tries,
    users,
    wall_charts,
)
from cadans.api.auth import WORK
from cadans.api.docs import DocsPage
from cadans.api.document import complete
from cadans.api.gate import JSONParser, at_the_gate, wrong_method
from cadans.api.idempotency import once
from cadans.api.problems import HANDLERS, not_found

DESCRIPTION = """\
Everything the pages of Cadans can do, for programs. Ids are strings, times are ISO 8601 with an
offset, amounts are exact decimals as text. Errors are RFC 9457 problem documents.
"""


class Api(NinjaAPI):
    """Ninja's API with our gate before every operation and problem documents for every error."""

    def set_default_exception_handlers(self) -> None:
        """Ninja asks for these while it is made."""
        for kind, handler in HANDLERS.items():
            self.add_exception_handler(kind, handler)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Operations are called as their view."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The OpenAPI document with the headers and errors that all operations share."""
        return complete(super().get_openapi_schema(**kwargs))

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                self._guard(view)
        return [*super()._get_urls(), path("<path:rest>", nowhere)]

    def _guard(self, view: PathView) -> None:
        for operation in view.operations:
            operation.run = at_the_gate(operation)  # type: ignore[method-assign]
        allowed = {method for operation in view.operations for method in operation.methods}

        def not_allowed() -> HttpResponse:
            # Ninja hands no request over here, and the handler needs none.
            response = self.on_exception(HttpRequest(), wrong_method(allowed))
            response["Allow"] = ", ".join(sorted(allowed))
            return response

        view._not_allowed = not_allowed  # type: ignore[method-assign]


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below the API."""
    return not_found(request)


nowhere.csrf_exempt = True  # type: ignore[attr-defined]

api = Api(
    title="Cadans",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api",
    auth=WORK,
    parser=JSONParser(),
    docs=DocsPage(),
)
api.add_decorator(once, mode="operation")

ROUTERS = {
    "/me": me.router,
    "/leads": leads.router,
    "": activities.router,
    "/tasks": tasks.router,
    "/signals": signals.router,
    "/board": board.router,
    "/pipelines": pipelines.router,
    "/playbooks": playbooks.router,
    "/reports": reports.router,
    "/people": people.router,
    "/companies": companies.router,
    "/products": products.router,
    "/sources": sources.router,
    "/loss-reasons": loss_reasons.router,
    "/users": users.router,
    "/teams": teams.router,
    "/territories": territories.router,
    "/assignment-rules": assignment_rules.router,
    "/routing-rules": routing_rules.router,
    "/routing-tries": routing_tries.router,
    "/custom-fields": custom_fields.router,
    "/activity-kinds": activity_kinds.router,
    "/quotas": quotas.router,
    "/alerts": alerts.router,
    "/mailboxes": mailboxes.router,
    "/mail": mail.router,
    "/audiences": audiences.router,
    "/imports": imports.router,
    "/mail-templates": mail_templates.router,
    "/suppressions": suppressions.router,
    "/tries": tries.router,
}
for prefix, router in ROUTERS.items():
    api.add_router(prefix, router)
api.add_router("", enrichment.router)
api.add_router("", enrichment.switching)
api.add_router("/companies", enrichment.of_companies)
api.add_router("/people", enrichment.of_people)
api.add_router("/leads", progress.router)
api.add_router("/leads", mail.of_leads)
api.add_router("/pipelines", tries.of_pipelines)
api.add_router("/pipelines", wall_charts.router)
api.add_router("/pipelines", alerts.of_pipelines)
api.add_router("/pipelines", playbooks.of_pipelines)
