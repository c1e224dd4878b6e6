"""What machines ask of a running Cadans: is it alive, can it work, and its figures."""

import hmac
import os
from collections.abc import Iterable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cadans.config.prepare import unapplied_migrations

LOOPBACK = {"127.0.0.1", "::1"}
# A worker says every ten seconds that it lives; three times that is silence.
SILENT_AFTER = 30

_schema_is_right = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this process can answer at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be reached, has today's schema and takes jobs; else 503."""
    checks = {"database": "ok", "migrations": "ok", "queue": "ok"}
    try:
        connection.ensure_connection()
    except DatabaseError:
        checks = dict.fromkeys(checks, "unreachable")
    else:
        if not _has_schema():
            checks["migrations"] = "unapplied"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM procrastinate_jobs LIMIT 1")
        except DatabaseError:
            checks["queue"] = "unreachable"
    is_ready = set(checks.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, **checks}, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for this machine or the bearer of `CADANS_METRICS_TOKEN`."""
    if not _may_see_metrics(request):
        return HttpResponse("Not allowed.\n", status=403, content_type="text/plain")
    return HttpResponse(generate_latest(REGISTRY), content_type="text/plain; version=0.0.4")


def _has_schema() -> bool:
    """Whether every migration is applied; a yes is remembered, since it stays true."""
    global _schema_is_right
    _schema_is_right = _schema_is_right or not unapplied_migrations()
    return _schema_is_right


def _may_see_metrics(request: HttpRequest) -> bool:
    token = os.environ.get("CADANS_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # Behind a proxy on this machine everybody seems near, but the proxy says it is one.
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded


def workers_alive() -> int:
    """How many workers said lately that they live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [SILENT_AFTER],
        )
        return int(cursor.fetchone()[0])


class QueueFigures(Collector):
    """The queue as it stands when somebody asks."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        # Otherwise registering would collect, before there is a database.
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("cadans_jobs", "Jobs in the queue.", labels=["status"])
        age = GaugeMetricFamily("cadans_oldest_job_seconds", "How long the oldest job has waited.")
        workers = GaugeMetricFamily("cadans_workers", "Workers that are alive.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
            for status, number in cursor.fetchall():
                jobs.add_metric([status], number)
            cursor.execute(
                "SELECT coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, e.at))), 0)"
                " FROM procrastinate_jobs j"
                " JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
                " WHERE j.status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
            )
            age.add_metric([], float(cursor.fetchone()[0]))
        workers.add_metric([], workers_alive())
        return [jobs, age, workers]


REGISTRY.register(QueueFigures())
