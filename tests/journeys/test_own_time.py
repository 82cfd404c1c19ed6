"""People's own time with a running relay: a welcome (R8), quiet hours, a pause, an absence, and an end (R14)."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.live import Captive, Practice, a_reply, fill, practice

ANA, LEE, CY = "ana@client.test", "lee@practice.test", "cy@client.test"
PEOPLE = """\
id,role,name,email,timezone
ana,client,Ana Ruiz,ana@client.test;ana@work.test,UTC
lee,provider,Dr. Lee,lee@practice.test,UTC
kim,provider,Dr. Kim,kim@practice.test,UTC
cy,client,Cy Young,cy@client.test,UTC
sue,support,Sue,sue@practice.test,UTC
"""
BOOKED = "client,provider,state\nana,lee,active\n"


@contextmanager
def running(folder: Path, **more: str) -> Iterator[tuple[Captive, Practice]]:
    with Captive() as smarthost, practice(folder, smarthost.port, PEOPLE, BOOKED, **more) as made:
        made.start()
        yield smarthost, made


def hours(begin: int, end: int) -> str:
    """Hours of UTC, in minutes from now."""
    now = datetime.now(tz=UTC)
    return "-".join(f"{now + timedelta(minutes=each):%H:%M}" for each in (begin, end))


def rows(made: Practice, to: str, kind: str = "message") -> list[dict[str, Any]]:
    return [row for row in made.json("outbox") if (row["to"], row["kind"]) == (to, kind)]


def until(made: Practice, to: str, states: list[str]) -> None:
    """Wait until that person's notices of messages stand like this."""
    end = time.monotonic() + 60
    while [row["state"] for row in rows(made, to)] != states:
        assert time.monotonic() < end, rows(made, to)
        time.sleep(0.2)


def test_a_booked_client_is_welcomed_once_whoever_applies(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        texts = made.folder / "templates/welcome"
        texts.mkdir(parents=True)
        (texts / "lee.txt").write_text("Hello,\nI look forward to meeting you.")
        relations = made.folder / "relationships.csv"
        relations.write_text(BOOKED + "cy,lee,booked\n")
        made.ok("apply")
        (told,) = smarthost.wait(1, CY)
        assert "forward to meeting" not in str(told)  # R6
        for state in ("active", "booked"):
            relations.write_text(BOOKED + f"cy,lee,{state}\n")
            assert made.process is not None
            made.process.send_signal(signal.SIGHUP)
            made.ok("apply")
        (welcome,) = made.thread("cy", "lee")
        assert welcome["from"] == "lee"
        assert welcome["text"].startswith("Hello,\nI look forward to meeting you.\n\nThis is not for emergencies.")
        made.send(
            a_reply(told["Reply-To"].addresses[0].addr_spec, "Me too", CY), told["Reply-To"].addresses[0].addr_spec, CY
        )
        smarthost.wait(1, LEE)  # at once: nobody sat there writing
        made.ok("journal", "--balance")
        assert len(rows(made, "cy")) == 1


def test_notices_wait_for_the_end_of_the_quiet_hours(tmp_path: Path) -> None:
    """By default for all, and as somebody chooses; over a restart; a sign-in code comes all the same."""
    with running(tmp_path, RELAY_NOTIFY__QUIET_HOURS=hours(-60, 60)) as (smarthost, made):
        made.ok("post", "--from", "lee", "--to", "ana", "First")
        until(made, "ana", ["held"])
        made.stop(signal.SIGKILL)
        made.ok("post", "--from", "lee", "--to", "ana", "Second")
        made.start()
        until(made, "ana", ["held", "cancelled"])
        assert smarthost.mails == []
        with made.sign_in(smarthost, ANA) as portal:
            assert "2 unread" in portal.get("/").text
            own = hours(-120, -60).split("-")
            saved = fill(
                portal, "/preferences", quiet="own", start=own[0], end=own[1], address="ana@work.test", language="es"
            )  # fmt: skip
            assert "Sus preferencias se han guardado." in saved.text
        (told,) = smarthost.wait(1, "ana@work.test")  # her hours are over, and the mail goes where she wants it
        assert "Tiene 2 mensajes seguros" in " ".join(told.get_body(("plain",)).get_content().split())
        until(made, "ana", ["sent", "cancelled"])
        made.ok("apply")
        made.ok("post", "--from", "lee", "--to", "ana", "Third")
        smarthost.wait(2, "ana@work.test")


def test_a_pause_ends_by_itself_and_tells_what_is_unread(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        with made.sign_in(smarthost, ANA) as portal:
            fill(portal, "/preferences", action="/preferences/pause", do="pause", days="14")
        item = smarthost.wait(1, "sue@practice.test")[0]
        assert "client ana has paused notices" in item["Subject"]
        for text in ("One", "Two"):
            made.ok("post", "--from", "lee", "--to", "ana", text)
        until(made, "ana", ["held", "cancelled"])
        made.stop()
        made.start(shifted=14 * 86_400 - 3600)
        time.sleep(3)
        until(made, "ana", ["held", "cancelled"])
        made.stop()
        made.start(shifted=14 * 86_400 + 60)
        told = smarthost.wait(2, ANA)[-1]
        assert "2 secure messages wait" in " ".join(told.get_body(("plain",)).get_content().split())


def test_an_absence_is_told_before_one_writes_and_in_mails(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        back = datetime.now(tz=UTC).date() + timedelta(days=40)
        with made.sign_in(smarthost, ANA) as portal:
            made.ok("away", "lee", "--until", back.isoformat(), "--cover", "kim")
            page = portal.get("/t/1").text
            assert f"Dr. Lee is away and will be back on {spelled(back)}." in page
            assert "Dr. Kim covers for them." in page
            made.ok("post", "--from", "lee", "--to", "ana", "Before I go")
            told = " ".join(smarthost.wait(2, ANA)[-1].get_body(("plain",)).get_content().split())
            assert f"Your provider is away and will be back on {spelled(back)}. A colleague covers for them." in told
            assert "Kim" not in told  # notify.reveal = "nothing"
            made.ok("away", "lee", "--back")
            assert "is away" not in portal.get("/t/1").text
        assert re.findall(r"away|back", made.ok("audit", "show")) == ["away", "back"]


def spelled(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def test_what_comes_too_late_in_the_portal_goes_to_support(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made), made.sign_in(smarthost, ANA) as portal:
        page = portal.get("/t/1").text
        fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "once")}  # type: ignore[index]
        (made.folder / "relationships.csv").write_text("client,provider,state\nana,lee,ended\n")
        made.ok("apply")
        late = portal.post("/t/1", data={**fields, "text": "One last question"}).text
        assert "This care relationship has ended" in late
        unsent = re.search(r'name="unsent" value="([^"]+)"', late)
        assert unsent
        assert made.thread() == []
        database = (made.folder / "relay.db").read_bytes() + (made.folder / "relay.db-wal").read_bytes()
        assert b"last question" not in database
        sent = portal.post("/t/1/unsent", data={**fields, "unsent": unsent[1], "do": "support"}).text
        assert "One last question" in sent
        (message,) = made.thread("ana", "support")
        assert (message["from"], message["text"]) == ("ana", "One last question")
        smarthost.wait(1, "sue@practice.test")
        assert "One last question" not in portal.get("/t/1").text
