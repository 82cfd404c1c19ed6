"""Debian's Postfix as the smarthost, and in front of the relay before its queue (docs/running.md)."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from tests.dns_stub import StubDns
from tests.live import Captive, a_reply, practice
from tests.postfix import postfix

FRONT = {  # the lines of docs/running.md
    "smtpd_proxy_options": "speed_adjust",
    "smtpd_relay_restrictions": "permit_auth_destination,reject",
    "smtpd_recipient_limit": "1",
}


@pytest.mark.root
def test_a_notification_goes_through_postfix(tmp_path: Path) -> None:
    with (
        Captive() as beyond,
        postfix({"relayhost": f"[127.0.0.1]:{beyond.port}"}) as smarthost,
        practice(tmp_path, smarthost.port) as made,
    ):
        made.start()
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "To be told"), to)[0] == 250
        mail = beyond.wait(1, "lee@practice.test")[0]
        assert mail["Reply-To"].addresses[0].addr_spec == made.address("ana", "lee", "lee")
        assert [row["state"] for row in made.json("outbox")] == ["sent"]
        envelope_from = beyond.mails[0][0]
        # A delivery report comes back to the signed envelope sender, by Postfix or anybody else.
        report = a_reply(envelope_from, "could not be delivered", "MAILER-DAEMON@front.test")
        assert made.send(report, envelope_from, "")[0] == 250
        assert made.json("journal")[-1]["outcome"] == "consumed"


@pytest.mark.root
def test_postfix_in_front_gives_our_answers_and_bounces_nothing(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start()
        proxied = {"smtpd_proxy_filter": f"127.0.0.1:{made.smtp_port}", **FRONT}
        main = {"default_transport": f"smtp:[127.0.0.1]:{smarthost.port}", "relay_domains": "reply.practice.test"}
        with postfix(main, proxied) as front:
            to = made.address("ana", "lee", "ana")

            def send(octets: bytes, rcpt: str, sender: str) -> tuple[int, str]:
                with smtplib.SMTP("127.0.0.1", front.port, timeout=30) as client:
                    client.ehlo("client.test")
                    client.mail(sender)
                    code, line = client.rcpt(rcpt)
                    if code < 400:
                        code, line = client.data(octets)
                    return code, line.decode()

            code, line = send(a_reply(to, "Through the front"), to, "ana@client.test")
            assert code == 250, line
            assert line.startswith("2.0.0 ")
            assert made.thread()[-1]["text"] == "Through the front"
            assert made.json("journal")[-1]["receipt"] in line

            dead = "r.aaaa@reply.practice.test"
            assert send(a_reply(dead, "x"), dead, "ana@client.test")[0] == 550
            code, line = send(a_reply(to, "x", "mallory@stranger.test"), to, "mallory@stranger.test")
            assert (code, line.split()[0]) == (550, "5.7.1")
            assert (
                send(a_reply("x@elsewhere.test", "x"), "x@elsewhere.test", "ana@client.test")[0] == 554
            )  # no open relay
            smarthost.wait(1, "lee@practice.test")
            assert [to for _, to, _ in smarthost.mails] == ["lee@practice.test"]  # nobody got a bounce
            assert "status=bounced" not in front.log()


CLIENTS = {"a server that may": ("203.0.113.9", 250, "2.0.0"), "one that may not": ("203.0.113.66", 550, "5.7.26")}


@pytest.mark.root
def test_postfix_in_front_tells_the_client_by_xforward_and_spf_judges_that(tmp_path: Path) -> None:
    zone = {"client.test": {"TXT": '"v=spf1 ip4:203.0.113.9 -all"'}}
    with StubDns(zone) as dns, Captive() as smarthost:
        settings = {
            "RELAY_INBOUND__TRUST__POLICY": "aligned",
            "RELAY_INBOUND__TRUST__RESOLVER": f"127.0.0.1:{dns.port}",
            "RELAY_INBOUND__SMTP__TRUSTED_FRONTS": '["127.0.0.1"]',
        }
        with practice(tmp_path, smarthost.port, **settings) as made:
            made.start()
            to = made.address("ana", "lee", "ana")
            proxied = {"smtpd_proxy_filter": f"127.0.0.1:{made.smtp_port}", **FRONT}
            main = {"relay_domains": "reply.practice.test", "smtpd_authorized_xclient_hosts": "127.0.0.1"}
            with postfix(main, proxied) as front:
                for text, (address, code, enhanced) in CLIENTS.items():
                    with smtplib.SMTP("127.0.0.1", front.port, timeout=30) as client:
                        client.ehlo("client.test")  # we play the client that Postfix sees
                        assert client.docmd("XCLIENT", f"NAME=mail.client.test ADDR={address}")[0] == 220
                        client.ehlo("mail.client.test")
                        client.mail("ana@client.test")
                        assert client.rcpt(to)[0] == 250
                        said, line = client.data(a_reply(to, text))
                        assert (said, line.decode().split()[0]) == (code, enhanced)
            assert [each["text"] for each in made.thread()] == ["a server that may"]
