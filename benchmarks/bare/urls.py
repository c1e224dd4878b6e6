"""An empty view, and one that inserts a row."""

import json
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from benchmarks.bare.models import Row


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    body = json.loads(request.body)
    row = Row.objects.create(title=body["title"], value=Decimal(body["value"]))
    return JsonResponse({"id": str(row.id), "title": row.title}, status=201)


urlpatterns = [path("empty", empty), path("insert", insert)]
