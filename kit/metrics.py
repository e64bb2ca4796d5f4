"""Prometheus metrics, served at `/metrics` (never through the gateway). Labels are route templates
and names, never codes of persons or dossiers."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

REQUESTS = Histogram(
    "http_request_seconds",
    "Duration of requests",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LOOP_STEPS = Counter("loop_steps_total", "Steps of background loops", ["loop"])
LOOP_FAILURES = Counter("loop_failures_total", "Failed steps of background loops", ["loop"])
NEIGHBOUR_FAILURES = Counter(
    "neighbour_failures_total", "Calls to neighbours that did not get through", ["neighbour"]
)


async def metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
