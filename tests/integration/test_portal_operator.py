"""The operator's page over real HTTP: alive, ready, metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from relay.events import Event, Log
from relay.portal.operator import Metrics, create_operator_app
from relay.portal.server import Web
from tests.fakes import FakeClock
from tests.portal_world import served


class Operator:
    def __init__(self) -> None:
        self.state: dict[str, Any] = {"ready": False, "smtp": "closed"}
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.log = Log(FakeClock(), lambda line: None, self.metrics.watch)
        self.app = create_operator_app(status=lambda: self.state, metrics_registry=self.registry)


@pytest.fixture
def operator() -> Operator:
    return Operator()


@pytest.fixture
def page(operator: Operator) -> Iterator[httpx.Client]:
    with (
        served(Web(operator.app)) as web,
        httpx.Client(base_url=f"http://127.0.0.1:{web.port}", verify=False) as client,
    ):
        yield client


def test_page_tells_alive_ready_and_counts(operator: Operator, page: httpx.Client) -> None:
    assert page.get("/healthz").status_code == 200
    early = page.get("/readyz")
    assert (early.status_code, early.json()) == (503, {"ready": False, "smtp": "closed"})
    operator.state = {"ready": True, "smtp": "accepting", "smarthost": "down"}
    later = page.get("/readyz")
    assert (later.status_code, later.json()["smarthost"]) == (200, "down")
    operator.log.say(Event.MAIL_STORED, receipt="00", via="smtp", message="00", ms=12)
    scraped = page.get("/metrics")
    assert scraped.headers["content-type"].startswith("text/plain")
    assert 'relay_mails_total{outcome="stored",reason="",via="smtp"} 1.0' in scraped.text
    assert page.get("/").status_code == 404


SAMPLES = {
    Event.MAIL_STORED: ({"via": "imap", "ms": 3}, "relay_mails_total", {"via": "imap", "outcome": "stored"}),
    Event.MAIL_REFUSED: (
        {"via": "smtp", "reason": "has-ended", "stage": "authorise"},
        "relay_mails_total",
        {"outcome": "refused", "reason": "has-ended"},
    ),
    Event.MAIL_DEFERRED: (
        {"via": "smtp", "reason": "not-now", "stage": "store"},
        "relay_mails_total",
        {"outcome": "deferred", "reason": "not-now"},
    ),
    Event.MAIL_CONSUMED: (
        {"via": "smtp", "kind": "duplicate"},
        "relay_mails_total",
        {"outcome": "consumed", "reason": "duplicate"},
    ),
    Event.MAIL_HELD: ({"via": "smtp", "receipt": "00"}, "relay_mails_total", {"outcome": "held"}),
    Event.NOTICE_SENT: ({"notification": "00", "attempts": 1, "ms": 40}, "relay_notices_total", {"result": "sent"}),
    Event.NOTICE_LATER: ({"code": "451"}, "relay_notices_total", {"result": "later"}),
    Event.NOTICE_FAILED: ({"code": "550"}, "relay_notices_total", {"result": "failed"}),
    Event.NOTICE_CANCELLED: ({"notification": "00"}, "relay_notices_total", {"result": "cancelled"}),
    Event.NOTICE_BOUNCED: ({"harm": "dead", "code": "5.1.1"}, "relay_notices_total", {"result": "bounced"}),
    Event.LOOK_CUT: ({"reason": "crashed"}, "relay_looks_cut_total", {"reason": "crashed"}),
    Event.SESSION_CUT: ({"reason": "errors"}, "relay_sessions_cut_total", {"reason": "errors"}),
    Event.TLS_FAILED: ({}, "relay_tls_failures_total", {}),
    Event.MAILBOX_TROUBLE: (
        {"mailbox": 2, "code": "login-refused", "seconds": 1.5},
        "relay_mailbox_troubles_total",
        {"mailbox": "2", "code": "login-refused"},
    ),
    Event.SIGNED_IN: ({"person": 1}, "relay_sign_ins_total", {"result": "signed-in"}),
    Event.SIGNED_OUT: ({"person": 1}, "relay_sign_ins_total", {"result": "signed-out"}),
    Event.SIGN_IN_LOCKED: ({"person": 1}, "relay_sign_ins_total", {"result": "locked"}),
    Event.RELOADED: ({}, "relay_reloads_total", {"result": "done"}),
    Event.RELOAD_REFUSED: ({}, "relay_reloads_total", {"result": "refused"}),
    Event.SMARTHOST_DOWN: (
        {"code": "connection-refused"},
        "relay_smarthost_outages_total",
        {"code": "connection-refused"},
    ),
    Event.INTERNAL: (
        {"stage": "store", "error": "oserror", "where": "x.py:1"},
        "relay_internal_errors_total",
        {"stage": "store"},
    ),
}


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.label)
def test_metrics_count_the_event(operator: Operator, event: Event) -> None:
    fields, name, labels = SAMPLES[event]
    for _ in range(2):
        operator.log.say(event, **fields)
    found = [
        sample.value
        for family in operator.registry.collect()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert found == [2.0]


@pytest.mark.parametrize("event", [each for each in Event if each not in SAMPLES], ids=lambda event: event.label)
def test_metrics_leave_the_rest_to_the_log(operator: Operator, event: Event) -> None:
    for_the_log = (
        "started",
        "store-made",
        "listening",
        "stopping",
        "stopped",
        "worker-ended",
        "unreachable",
        "smarthost-up",
    )
    assert event.label in (*for_the_log, "crisis", "support-offered", "escalated", "mailbox-open", "refused-expired")
    operator.metrics.watch(event, {})


def test_seconds_are_measured_in_seconds(operator: Operator) -> None:
    operator.log.say(Event.MAIL_STORED, via="smtp", ms=250)
    operator.log.say(Event.NOTICE_SENT, ms=1500)
    assert operator.registry.get_sample_value("relay_mail_seconds_sum", {"via": "smtp"}) == 0.25
    assert operator.registry.get_sample_value("relay_notice_seconds_sum") == 1.5


def test_labels_hold_codes_only(operator: Operator, page: httpx.Client) -> None:
    for event, (fields, _, _) in SAMPLES.items():
        operator.log.say(event, **fields)
    for family in text_string_to_metric_families(page.get("/metrics").text):
        assert family.documentation.endswith(".")
        for sample in family.samples:
            assert all(re.fullmatch(r"[a-z0-9.+-]*|\+Inf", value) for value in sample.labels.values())
