"""A mail that fails inside each time it comes: 451 twice, then 554 for good, whatever restarts in between."""

from __future__ import annotations

from pathlib import Path

from tests.live import Captive, a_reply, practice


def test_the_same_mail_fails_three_times_at_most_over_restarts(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        to = made.address("ana", "lee", "ana")
        octets = a_reply(to, "Something that no room can bear")
        heard = []
        for number in range(3):  # the sender's server tries again, by another way each time
            made.start(dies_at="raises-at-extract")
            heard.append(made.send(b"Received: by mx%d.client.test\r\n" % number + octets, to))
            assert made.send(a_reply(to, f"Another mail, number {number}"), to)[0] == 451
            made.stop()
        assert [(code, line.split()[0]) for code, line in heard] == [(451, "4.3.0")] * 2 + [(554, "5.3.0")]
        assert "support@practice.test" in heard[-1][1]
        outcomes = [(row["outcome"], row["reason"]) for row in made.json("journal")]
        assert outcomes == [("deferred", "not-now")] * 4 + [("refused", "poison"), ("deferred", "not-now")]
        log = made.log.read_text()
        assert '"error": "runtimeerror"' in log
        assert "canary" not in log

        made.start()  # the bug is mended: it was refused, not condemned
        item = smarthost.wait(1, "sue@practice.test")[0]
        assert "client ana (thread" in " ".join(item.get_body(("plain",)).get_content().split())
        assert made.send(octets, to)[0] == 250
        assert [each["text"] for each in made.thread()] == ["Something that no room can bear"]
