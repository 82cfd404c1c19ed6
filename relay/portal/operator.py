"""The operator's page: /healthz /readyz /metrics, on a port of its own; and the metrics themselves.

Metrics are counted from the closed list of events, so they can say nothing that a log line could not; labels are codes
only (via, outcome, reason, result, stage), never ids. Source: the Prometheus text format, by prometheus-client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from relay.events import Event, Value

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DAYS_TOO = (*SECONDS, 60.0, 600.0, 3600.0, 86400.0)

OUTCOMES = {
    Event.MAIL_STORED: ("stored", ""),
    Event.MAIL_REFUSED: ("refused", "reason"),
    Event.MAIL_DEFERRED: ("deferred", "reason"),
    Event.MAIL_CONSUMED: ("consumed", "kind"),
    Event.MAIL_HELD: ("held", ""),
}
NOTICES = {
    Event.NOTICE_SENT: "sent",
    Event.NOTICE_LATER: "later",
    Event.NOTICE_FAILED: "failed",
    Event.NOTICE_CANCELLED: "cancelled",
    Event.NOTICE_BOUNCED: "bounced",
}
SIGN_INS = {Event.SIGNED_IN: "signed-in", Event.SIGN_IN_LOCKED: "locked", Event.SIGNED_OUT: "signed-out"}
RELOADS = {Event.RELOADED: "done", Event.RELOAD_REFUSED: "refused"}

BY_FIELD = {
    Event.LOOK_CUT: ("looks_cut", "Files that ended what looked into them, by reason.", "reason"),
    Event.SESSION_CUT: ("sessions_cut", "SMTP sessions that we ended, by reason.", "reason"),
    Event.MAILBOX_TROUBLE: ("mailbox_troubles", "Trouble of IMAP mailboxes, by number and code.", "mailbox", "code"),
    Event.SMARTHOST_DOWN: ("smarthost_outages", "Times that the smarthost was found to be down, by code.", "code"),
    Event.INTERNAL: ("internal_errors", "Unexpected errors, by stage.", "stage"),
}


class Metrics:
    """Counts events; hand `watch` to events.Log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin at zero in that registry."""
        self._registry = registry
        self._mails = self._counter("mails", "Inbound mails and forms by outcome.", "via", "outcome", "reason")
        self._mail_seconds = self._histogram(
            "mail_seconds", "From the end of a mail or form to its outcome.", SECONDS, "via"
        )
        self._notices = self._counter("notices", "Attempts to send a notification, by result.", "result")
        self._notice_seconds = self._histogram("notice_seconds", "From first due to taken by the smarthost.", DAYS_TOO)
        self._sign_ins = self._counter("sign_ins", "Portal sign-ins, by result.", "result")
        self._reloads = self._counter("reloads", "Reloads of the config, by result.", "result")
        self._tls_failed = self._counter("tls_failures", "TLS handshakes that failed.")
        self._by_field = {
            event: (self._counter(name, said, *labels), labels) for event, (name, said, *labels) in BY_FIELD.items()
        }

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(name, help, labels, namespace="relay", registry=self._registry)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, help, labels, namespace="relay", registry=self._registry, buckets=buckets)

    def watch(self, event: Event, fields: Mapping[str, Value]) -> None:
        """Count one event."""
        if event in OUTCOMES:
            self._mail(event, fields)
        elif event in NOTICES:
            self._notice(event, fields)
        elif event in SIGN_INS:
            self._sign_ins.labels(SIGN_INS[event]).inc()
        elif event in RELOADS:
            self._reloads.labels(RELOADS[event]).inc()
        elif event is Event.TLS_FAILED:
            self._tls_failed.inc()
        elif event in self._by_field:  # starting and stopping are for the log only
            counter, labels = self._by_field[event]
            counter.labels(*(fields.get(name, "") for name in labels)).inc()

    def _mail(self, event: Event, fields: Mapping[str, Value]) -> None:
        outcome, why = OUTCOMES[event]
        via = str(fields.get("via", ""))
        self._mails.labels(via, outcome, fields.get(why, "") if why else "").inc()
        if (took := fields.get("ms")) is not None:
            self._mail_seconds.labels(via).observe(float(took) / 1000)

    def _notice(self, event: Event, fields: Mapping[str, Value]) -> None:
        self._notices.labels(NOTICES[event]).inc()
        if event is Event.NOTICE_SENT and (took := fields.get("ms")) is not None:
            self._notice_seconds.observe(float(took) / 1000)


def create_operator_app(*, status: Callable[[], Mapping[str, Any]], metrics_registry: CollectorRegistry) -> Starlette:
    """Make the operator's page. `status()` gives `"ready"`, a bool, and the states of the parts."""

    def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n", headers=PLAIN)

    async def readyz(_: Request) -> Response:  # on the loop, where the parts live; the others run in a thread
        parts = status()
        return JSONResponse(parts, 200 if parts.get("ready") is True else 503, headers=PLAIN)

    def metrics(_: Request) -> Response:
        headers = {**PLAIN, "Content-Type": CONTENT_TYPE_LATEST}
        return Response(generate_latest(metrics_registry), headers=headers)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
