"""An empty view, views that insert a row or those of a whole deed, the metrics by plain SQL."""

import json
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from benchmarks.bare import figures as plain
from benchmarks.bare.models import Row
from benchmarks.bare.rows import write


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    body = json.loads(request.body)
    row = Row.objects.create(title=body["title"], value=Decimal(body["value"]))
    return JsonResponse({"id": str(row.id), "title": row.title}, status=201)


def same_rows(request: HttpRequest, kind: str) -> HttpResponse:
    json.loads(request.body)
    return JsonResponse({"rows": write(kind)}, status=201)


def figures(_request: HttpRequest, metric: str) -> HttpResponse:
    return JsonResponse({"rows": plain.answer(metric)})


urlpatterns = [
    path("empty", empty),
    path("insert", insert),
    path("same-rows/<str:kind>", same_rows),
    path("figures/<str:metric>", figures),
]
