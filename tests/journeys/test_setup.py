"""An admin sets Relay up: relay init, check, apply."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from relay.cli import app, main, register

HEADING = "id,role,name,email\n"
for family in ("init", "apply", "serve", "threads", "thread", "away", "explain"):  # what is typed here
    register([family])


@dataclass
class Admin:
    """Somebody at a terminal, in a folder of their own."""

    at: Path

    @property
    def config(self) -> Path:
        return self.at / "config"

    def types(self, *words: str, **env: str) -> Result:
        return CliRunner().invoke(app, ["-c", str(self.config), *words], env=env)

    def sees(self, *words: str, **env: str) -> list[str]:
        result = self.types(*words, **env)
        assert result.exit_code == 0, result.stderr
        return result.stdout.splitlines()

    def practice(self, clients: int, *, of: int | None = None, state: str = "active") -> None:
        """Write a practice of so many clients, of whom `of` work with Dr. Lee."""
        people = HEADING + "lee,provider,Dr. Lee,lee@practice.test\n"
        people += "".join(f"c{n},client,Client {n},c{n}@client.test\n" for n in range(clients))
        pairs = "".join(f"c{n},lee,{state}\n" for n in range(clients if of is None else of))
        (self.config / "people.csv").write_text(people)
        (self.config / "relationships.csv").write_text("client,provider,state\n" + pairs)


@pytest.fixture
def admin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Admin:
    for name in [name for name in os.environ if name.startswith("RELAY_")]:
        monkeypatch.delenv(name)
    admin = Admin(tmp_path)
    assert CliRunner().invoke(app, ["init", str(admin.config)]).exit_code == 0
    return admin


# -- relay init --------------------------------------------------------------------------------------------------------


def test_init_writes_a_folder_that_check_finds_good(admin: Admin) -> None:
    checked = admin.types("check")
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert "the config is good" in checked.stderr


def test_init_keeps_keys_to_the_owner(admin: Admin) -> None:
    keys = admin.config / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()} == {
        "master.key": 0o600,
        "relay-ed.pem": 0o600,
        "relay-rsa.pem": 0o600,
    }


def test_init_keeps_the_folder_and_the_rosters_to_the_owner(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        assert CliRunner().invoke(app, ["init", str(tmp_path / "new/config")]).exit_code == 0
    finally:
        os.umask(old)
    config = tmp_path / "new/config"
    assert stat.S_IMODE(config.stat().st_mode) == 0o700
    files = [file for file in config.rglob("*") if file.is_file()]
    assert {"people.csv", "relationships.csv", "relay.toml"} < {file.name for file in files}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_check_warns_of_rosters_that_others_may_read(admin: Admin) -> None:
    people = admin.config / "people.csv"
    people.chmod(0o644)
    assert admin.types("check").stdout == ""  # nobody else gets into the folder
    admin.config.chmod(0o755)
    checked = admin.types("check")
    assert checked.exit_code == 0
    assert checked.stdout == f"{people}: warning: others on this machine may read it; chmod 600 {people}\n"
    people.chmod(0o600)
    assert admin.types("check").stdout == ""


def test_init_makes_other_keys_each_time(admin: Admin) -> None:
    other = admin.at / "other"
    assert CliRunner().invoke(app, ["init", str(other)]).exit_code == 0
    for name in ("master.key", "relay-ed.pem", "relay-rsa.pem"):
        assert (admin.config / "keys" / name).read_bytes() != (other / "keys" / name).read_bytes()


def test_init_prints_the_records_and_the_next_two_commands(tmp_path: Path) -> None:
    folder = tmp_path / "a/b"
    result = CliRunner().invoke(
        app, ["init", str(folder)], env={"RELAY_ADDRESS__PATTERN": "r.{token}@reply.practice.test"}
    )
    assert "reply.practice.test. IN MX 10 reply.practice.test." in result.stdout
    for begins in (
        "v=spf1 ",
        "v=DKIM1; k=ed25519; p=",
        "v=DKIM1; k=rsa; p=",
        "v=DMARC1; ",
        "v=STSv1; ",
        "v=TLSRPTv1; ",
    ):
        assert f'IN TXT "{begins}' in result.stdout
    assert [line for line in result.stdout.splitlines() if "relay -c" in line] == [
        f";   relay -c {folder} check",
        f";   relay -c {folder} apply",
    ]
    assert (folder / "keys/master.key").read_text().strip() not in result.output
    strings = [part for line in result.stdout.splitlines() for part in line.split('"')[1::2]]
    assert max(map(len, strings)) == 255  # RFC 1035 §3.3.14


@pytest.mark.parametrize("there", ["relay.toml", "people.csv", "keys/master.key"])
def test_init_is_refused_where_a_config_is(tmp_path: Path, there: str) -> None:
    file = tmp_path / there
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(app, ["init", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{file} is there already" in result.stderr
    assert file.read_text() == "mine"
    assert sorted(tmp_path.rglob("*")) == before


def test_init_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["init", str(tmp_path / "file/config")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be made" in result.stderr


# -- relay check -------------------------------------------------------------------------------------------------------


def test_check_prints_every_problem_of_every_file_on_stdout(admin: Admin) -> None:
    toml = admin.config / "relay.toml"
    toml.write_text(toml.read_text().replace('retry_for = "3d"', 'retry_fro = "3d"'))
    (admin.config / "people.csv").write_text(HEADING + "ana,client,Ana,ana\n")
    (admin.config / "relationships.csv").write_text("client,provider,state\nana,lee,active\n")
    result = admin.types("check")
    line = toml.read_text().splitlines().index('retry_fro = "3d"') + 1
    assert result.exit_code == 1
    assert [found.split(": ")[0] for found in result.stdout.splitlines()] == [
        f"{toml}:{line}",
        f"{admin.config}/people.csv:2",
        f"{admin.config}/relationships.csv:2",
    ]
    assert "3 problems" in result.stderr


def test_check_leaves_exit_0_for_warnings(admin: Admin) -> None:
    result = admin.types("check", RELAY_INBOUND__TRUST__POLICY="address-only")
    assert result.exit_code == 0
    assert result.stdout.startswith("RELAY_INBOUND__TRUST__POLICY: warning: inbound.trust.policy: ")


def test_check_says_how_to_get_a_config_where_none_is(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["-c", str(tmp_path / "none"), "check"])
    assert result.exit_code == 1
    assert "relay init DIR" in result.stdout


def test_check_lists_the_problems_as_json(admin: Admin) -> None:
    people = admin.config / "people.csv"
    people.write_text(HEADING + "ana,client,Ana,ana\nlee,provider,Lee,lee@practice.test\n")
    result = admin.types("check", "--json", RELAY_INBOUND__TRUST__POLICY="address-only")
    assert result.exit_code == 1
    known, told = json.loads(result.stdout)
    assert (known["file"], known["line"], known["warning"]) == ("RELAY_INBOUND__TRUST__POLICY", None, True)
    assert told == {
        "file": str(people), "line": 2, "key": "email", "what": "is not an e-mail address",
        "todo": "write it like ana@example.org", "warning": False,
    }  # fmt: skip
    admin.practice(1)
    assert json.loads(admin.types("check", "--json").stdout) == []


def test_records_lists_them_as_json(admin: Admin) -> None:
    lines = [line for line in admin.sees("records") if not line.startswith(";")]
    rows = json.loads(admin.types("records", "--json").stdout)
    assert [f"{row['name']} IN {row['type']}" for row in rows] == [" ".join(line.split(" ")[:3]) for line in lines]
    assert rows[0]["value"] == "10 reply.example.org."
    (rsa,) = [row["value"] for row in rows if row["name"].startswith("relay-rsa._domainkey.")]
    assert rsa.startswith("v=DKIM1; k=rsa; p=")
    assert '"' not in rsa
    assert " " not in rsa.partition("p=")[2]


def test_audit_verify_tells_it_as_json(admin: Admin) -> None:
    admin.sees("apply")
    assert json.loads(admin.types("audit", "verify", "--json").stdout) == {"ok": True, "rows": 1, "bad": None}
    with closing(sqlite3.connect(admin.config / "relay.db")) as store:
        store.execute("DROP TRIGGER IF EXISTS audit_no_update")
        store.execute("UPDATE audit SET actor = 'nobody'")
        store.commit()
    broken = admin.types("audit", "verify", "--json")
    assert (broken.exit_code, json.loads(broken.stdout)) == (1, {"ok": False, "rows": 1, "bad": 1})


PLACES = {
    "before": (["-c", "practice", "check"], {}, "."),
    "after": (["check", "-c", "practice"], {}, "."),
    "after_glued": (["check", "-cpractice"], {}, "."),
    "after_long": (["check", "--config=practice"], {}, "."),
    "variable": (["check"], {"RELAY_CONFIG": "practice"}, "."),
    "option_wins": (["check", "-c", "practice"], {"RELAY_CONFIG": "nowhere"}, "."),
    "default": (["check"], {}, "other"),
}


@pytest.mark.parametrize(("words", "env", "where"), PLACES.values(), ids=PLACES)
def test_config_folder_is_found(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, words: list[str], env: dict[str, str], where: str
) -> None:
    (admin.at / "other").mkdir()
    admin.config.rename(admin.at / ("practice" if where == "." else "other/config"))
    monkeypatch.chdir(admin.at / where)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["relay", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in {0, None}


# -- relay apply -------------------------------------------------------------------------------------------------------


def test_apply_prints_the_plan_and_the_second_time_nothing(admin: Admin) -> None:
    plan = ["+ ana,client", "+ lee,provider", "+ desk,support", "+ ana,lee,active"]
    assert admin.sees("apply") == plan
    assert admin.sees("apply") == []


def test_apply_prints_the_plan_as_json(admin: Admin) -> None:
    admin.practice(1)
    planned = json.loads(admin.types("apply", "--dry-run", "--json").stdout)
    assert planned == [
        {"sign": "+", "row": "lee,provider"}, {"sign": "+", "row": "c0,client"}, {"sign": "+", "row": "c0,lee,active"},
    ]  # fmt: skip
    assert json.loads(admin.types("apply", "--json").stdout) == planned
    assert json.loads(admin.types("apply", "--json").stdout) == []


def test_apply_dry_run_prints_the_same_and_changes_nothing(admin: Admin) -> None:
    before = sorted(admin.config.rglob("*"))
    planned = admin.sees("apply", "--dry-run")
    assert sorted(admin.config.rglob("*")) == before
    assert admin.sees("apply") == planned


def test_apply_dry_run_after_apply_changes_nothing(admin: Admin) -> None:
    admin.practice(3)
    admin.sees("apply")
    admin.practice(3, of=2)
    assert admin.sees("apply", "--dry-run") == ["- c2,lee,active"]
    assert admin.sees("apply", "--dry-run") == ["- c2,lee,active"]
    assert admin.sees("apply") == ["- c2,lee,active"]


def test_apply_tells_changed_rows_and_rows_that_left(admin: Admin) -> None:
    admin.practice(3)
    admin.sees("apply")
    people = admin.config / "people.csv"
    people.write_text(people.read_text().replace("Client 0", "Somebody Else"))
    (admin.config / "relationships.csv").write_text("client,provider,state\nc0,lee,previous\nc1,lee,active\n")
    assert admin.sees("apply") == ["~ c0,client", "~ c0,lee,previous", "- c2,lee,active"]


def test_apply_keeps_who_left_unless_pruned(admin: Admin) -> None:
    admin.practice(3)
    admin.sees("apply")
    admin.practice(2)
    kept = admin.types("apply")
    assert kept.stdout.splitlines() == ["- c2,lee,active"]
    assert "c2 has left people.csv and is kept" in kept.stderr
    assert admin.sees("apply") == []
    assert admin.sees("apply", "--prune") == ["- c2,client"]
    assert admin.sees("apply", "--prune") == []


def test_apply_takes_back_who_was_pruned(admin: Admin) -> None:
    admin.practice(3)
    admin.sees("apply")
    admin.practice(2)
    assert admin.sees("apply", "--prune") == ["- c2,client", "- c2,lee,active"]
    admin.practice(3)
    assert admin.sees("apply")[0] == "+ c2,client"
    assert admin.sees("apply") == []


def test_apply_takes_no_id_for_another_that_differs_by_case(admin: Admin) -> None:
    admin.practice(2)
    admin.sees("apply")
    for file in ("people.csv", "relationships.csv"):
        made = admin.config / file
        made.write_text(
            made.read_text().replace("lee,", "LEE,", 1).replace(",lee,", ",LEE,").replace("lee@", "leopold@")
        )
    refused = admin.types("apply")
    assert refused.exit_code == 1
    assert 'people.csv: id: "LEE" differs by upper and lower case only from "lee"' in refused.stderr
    assert {row["id"] for row in json.loads(admin.types("people", "--json").stdout)} == {"c0", "c1", "lee"}


@pytest.mark.parametrize("words", [["apply"], ["apply", "--dry-run"]])
def test_apply_names_both_ids_where_a_new_one_has_the_address_of_one_that_is_kept(
    admin: Admin, words: list[str]
) -> None:
    admin.practice(3)
    admin.sees("apply")
    people = admin.config / "people.csv"
    people.write_text(people.read_text().replace("c2,client,", "cy,client,").replace("c2@client", "C2@Client"))
    (admin.config / "relationships.csv").write_text("client,provider,state\nc0,lee,active\nc1,lee,active\n")
    refused = admin.types(*words)
    assert refused.exit_code == 1
    (told,) = [line for line in refused.stderr.splitlines() if "people.csv: " in line]
    assert told.startswith(f'{people}: email: an address of "cy" is still that of "c2"')
    assert "--prune" in told
    assert "@" not in refused.output
    assert admin.sees(*words, "--prune") == ["+ cy,client", "- c2,client", "- c2,lee,active"]


def test_check_finds_one_mailbox_in_two_spellings(admin: Admin) -> None:
    people = admin.config / "people.csv"
    people.write_text(HEADING + "bo,client,Bo,bo@bücher.example\ncy,client,Cy,bo@XN--bcher-kva.example\n")
    (admin.config / "relationships.csv").write_text("client,provider,state\n")
    checked = admin.types("check")
    assert checked.exit_code == 1
    assert checked.stdout.startswith(f'{people}:3: email: one address is also that of "bo" in line 2; ')
    people.write_text(HEADING + "bo,client,Bo,strasse@client.test\ncy,client,Cy,straße@client.test\n")
    assert admin.types("check").exit_code == 1  # the index of the store cannot tell them apart


def test_apply_refuses_to_end_many_relationships(admin: Admin) -> None:
    admin.practice(40)
    admin.sees("apply")
    admin.practice(40, of=30)  # a truncated file
    for words in (["apply"], ["apply", "--dry-run"]):
        refused = admin.types(*words)
        assert refused.exit_code == 1
        assert "10 of 40 relationships" in refused.stderr
        assert "--allow-endings" in refused.stderr
    admin.practice(40)
    assert admin.sees("apply") == []
    admin.practice(40, of=30)
    assert len(admin.sees("apply", "--allow-endings")) == 10


def test_apply_changes_nothing_where_a_file_has_a_problem(admin: Admin) -> None:
    admin.practice(2)
    with (admin.config / "relationships.csv").open("a") as file:
        file.write("c9,lee,active\n")
    broken = admin.types("apply")
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "relationships.csv:4: provider" not in broken.stderr
    assert 'relationships.csv:4: client: "c9" is not in people.csv' in broken.stderr
    admin.practice(2)
    assert len(admin.sees("apply")) == 5


def test_apply_shows_no_name_and_no_address(admin: Admin) -> None:
    admin.practice(2)
    result = admin.types("apply")
    assert "Client 0" not in result.output
    assert "@" not in result.output


def test_apply_brings_in_a_large_practice_in_a_minute(admin: Admin) -> None:
    admin.practice(10_000)
    began = time.process_time()
    assert len(admin.sees("apply")) == 20_001
    assert time.process_time() - began < 6  # a tenth of 100,000 people in 60 s


def test_a_broken_template_starts_nothing_and_applies_nothing(admin: Admin) -> None:
    admin.practice(2)
    welcome(admin, "Subject: x\n\n{{ nope }}\n", "en/message.txt")
    for command in ("check", "apply", "serve"):
        told = admin.types(command)
        assert told.exit_code == 1
        assert "templates/en/message.txt:3: there is no variable nope" in told.output
    assert not (admin.config / "relay.db").exists()


# -- welcomes (R8) -----------------------------------------------------------------------------------------------------


def welcome(admin: Admin, text: str, name: str = "welcome/lee.txt") -> None:
    file = admin.config / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def messages(admin: Admin) -> dict[str, int]:
    """How many messages each client's thread with Dr. Lee holds."""
    return {row["client"]: row["messages"] for row in json.loads(admin.types("threads", "--json").stdout)}


def test_apply_welcomes_a_new_booked_client_once(admin: Admin) -> None:
    welcome(admin, "Hello, and welcome.")
    admin.practice(2, of=1, state="booked")
    assert len(admin.sees("apply")) == 4
    assert messages(admin) == {"c0": 1}
    for state in ("active", "booked"):
        admin.practice(2, state=state)
        admin.sees("apply")
        admin.sees("apply")
    assert messages(admin) == {"c0": 1, "c1": 0}  # c1 was there as active before
    (sent,) = json.loads(admin.types("thread", "c0", "lee", "--reason", "test", "--json").stdout)["messages"]
    assert (sent["from"], sent["via"]) == ("lee", "cli")
    assert sent["text"].startswith("Hello, and welcome.\n\nThis is not for emergencies.")  # R2
    assert [(row["to"], row["kind"]) for row in json.loads(admin.types("outbox", "--json").stdout)] == [
        ("c0", "message")
    ]
    assert admin.types("journal", "--balance").exit_code == 0


def test_apply_without_a_text_welcomes_nobody(admin: Admin) -> None:
    welcome(admin, "Hello.", "welcome/somebody-else.txt")
    admin.practice(1, state="booked")
    admin.sees("apply")
    welcome(admin, "Hello.")
    admin.sees("apply")
    assert messages(admin) == {"c0": 0}


def test_a_dry_run_welcomes_nobody(admin: Admin) -> None:
    admin.practice(1, state="booked")
    welcome(admin, "Hello.")
    admin.sees("apply", "--dry-run")
    admin.sees("apply")
    assert messages(admin) == {"c0": 1}


def test_a_welcome_that_cannot_be_sent_changes_nothing(admin: Admin) -> None:
    welcome(admin, " ")
    admin.practice(1, state="booked")
    broken = admin.types("apply")
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert f"{admin.config}/templates/welcome/lee.txt: is empty" in broken.stderr
    checked = admin.types("check")
    assert (checked.exit_code, "is empty" in checked.stdout) == (1, True)
    welcome(admin, "Hello.")
    admin.sees("apply")
    assert messages(admin) == {"c0": 1}


def test_ids_of_a_records_system_go_everywhere_as_they_are_written(admin: Admin) -> None:
    people = "MRN-10023,client,Ana,ana@client.test\nDr.Lee,provider,Dr. Lee,lee@practice.test\n"
    (admin.config / "people.csv").write_text(HEADING + people)
    (admin.config / "relationships.csv").write_text("client,provider,state\nMRN-10023,Dr.Lee,booked\n")
    welcome(admin, "Hello.", "welcome/Dr.Lee.txt")
    assert admin.sees("check") == []
    assert admin.sees("apply") == ["+ MRN-10023,client", "+ Dr.Lee,provider", "+ MRN-10023,Dr.Lee,booked"]
    assert admin.sees("apply") == []
    assert messages(admin) == {"MRN-10023": 1}
    assert [row["id"] for row in json.loads(admin.types("people", "--json").stdout)] == ["MRN-10023", "Dr.Lee"]
    assert "@" in admin.sees("address", "MRN-10023", "Dr.Lee", "--for", "MRN-10023")[0]
    assert admin.sees("post", "--from", "MRN-10023", "--to", "Dr.Lee", "Hello.")
    assert admin.types("thread", "mrn-10023", "Dr.Lee", "--reason", "x").exit_code == 1  # compared exactly
    assert "-- " in "".join(admin.sees("thread", "MRN-10023", "Dr.Lee", "--reason", "x"))


def test_check_warns_of_a_welcome_of_nobody(admin: Admin) -> None:
    welcome(admin, "Hello.", "welcome/leo.txt")
    checked = admin.types("check")
    assert checked.exit_code == 0
    assert "welcome/leo.txt: warning: no provider has this id" in checked.stdout
    assert "did you mean lee.txt?" in checked.stdout


def test_two_who_apply_at_once_and_one_who_dies_welcome_each_client_once(admin: Admin) -> None:
    """The first dies between bringing people in line and welcoming them all."""
    welcome(admin, "Hello.")
    admin.practice(600, state="booked")
    run = [sys.executable, "-m", "relay", "-c", str(admin.config), "apply"]
    died = subprocess.run([sys.executable, "-c", DIES, *run[3:]], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    there = messages(admin)
    assert (len(there), sum(there.values())) == (600, 250)
    both = [subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    assert set(messages(admin).values()) == {1}
    assert admin.types("journal", "--balance").exit_code == 0


DIES = """
import os, signal
from store.welcomes import SqlWelcomes
keep, calls = SqlWelcomes.keep, []
def dies(self, welcomes):
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return keep(self, welcomes)
SqlWelcomes.keep = dies
from relay.cli import main
main()
"""


def test_a_large_practice_is_welcomed_in_a_minute(admin: Admin) -> None:
    welcome(admin, "Hello.")
    admin.practice(10_000, state="booked")
    began = time.process_time()
    assert len(admin.sees("apply")) == 20_001
    assert time.process_time() - began < 12
    assert set(messages(admin).values()) == {1}


# -- absences ----------------------------------------------------------------------------------------------------------


def away_until(admin: Admin) -> str | None:
    listed = json.loads(admin.types("people", "--json").stdout)
    found: str | None = next(row["away_until"] for row in listed if row["id"] == "lee")
    return found


def test_away_holds_until_the_day_or_until_they_are_back(admin: Admin) -> None:
    admin.practice(1)
    admin.sees("apply")
    day = (datetime.now(tz=UTC) + timedelta(days=30)).date().isoformat()
    assert admin.types("away", "lee", "--until", day, "--cover", "support").exit_code == 0
    assert away_until(admin) == day
    assert admin.types("away", "lee", "--back").exit_code == 0
    assert away_until(admin) is None
    again = admin.types("away", "lee", "--back")
    assert (again.exit_code, again.stderr) == (1, "lee: is not away\n")


WRONG = {
    "neither": (["lee"], 2),
    "both": (["lee", "--until", "2099-01-01", "--back"], 2),
    "cover without": (["lee", "--back", "--cover", "support"], 2),
    "no date": (["lee", "--until", "soon"], 2),
    "no such person": (["lea", "--until", "2099-01-01"], 1),
    "a client": (["c0", "--until", "2099-01-01"], 1),
    "over": (["lee", "--until", "2020-01-01"], 1),
    "too long": (["lee", "--until", "2099-01-01"], 1),
    "no such cover": (["lee", "--until", "2099-01-01", "--cover", "kim"], 1),
}


@pytest.mark.parametrize(("words", "code"), WRONG.values(), ids=WRONG)
def test_away_says_what_is_wrong(admin: Admin, words: list[str], code: int) -> None:
    admin.practice(1)
    admin.sees("apply")
    result = admin.types("away", *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr
    assert away_until(admin) is None


# -- relay status ------------------------------------------------------------------------------------------------------


def test_status_tells_none_by_a_number(admin: Admin) -> None:
    admin.practice(0)
    admin.sees("apply")
    assert admin.sees("status") == [
        "people: 1", "unreachable: 0", "threads: 0", "open_questions: 0", "outbox: -", "waiting: -", "next_due: -",
        "journal: -",
    ]  # fmt: skip


# -- relay address -----------------------------------------------------------------------------------------------------


def everyones(admin: Admin) -> dict[tuple[str, str, str], str]:
    rows = json.loads(admin.types("address", "--all", "--json").stdout)
    found = {(row["client"], row["provider"], row["person"]): row["address"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_address_is_one_that_its_person_can_write_to(admin: Admin) -> None:
    admin.practice(2)
    people = admin.config / "people.csv"
    people.write_text(people.read_text() + "desk,support,Desk,desk@practice.test\n")
    admin.sees("apply")
    (theirs,) = admin.sees("address", "c0", "support", "--for", "c0")  # makes the thread
    admin.sees("address", "lee", "support", "--for", "lee")
    found = everyones(admin)
    assert list(found) == [
        ("c0", "lee", "c0"), ("c0", "lee", "lee"), ("c1", "lee", "c1"), ("c1", "lee", "lee"),
        ("c0", "support", "c0"), ("c0", "support", "desk"), ("lee", "support", "lee"), ("lee", "support", "desk"),
    ]  # fmt: skip
    assert found["c0", "support", "c0"] == theirs
    mail = admin.at / "reply.eml"
    for (_, _, person), address in found.items():
        sender = f"{person}@{'client' if person.startswith('c') else 'practice'}.test"
        mail.write_text(f"From: {sender}\nTo: {address}\nSubject: Re: x\n\nHello.\n")
        told = admin.types("explain", str(mail), "--to", address, RELAY_INBOUND__TRUST__POLICY="address-only")
        assert "decided by store: stored" in told.stdout


def test_who_was_taken_out_has_no_address(admin: Admin) -> None:
    admin.practice(2)
    admin.sees("apply")
    admin.sees("address", "c1", "support", "--for", "c1")
    admin.practice(1)
    admin.sees("apply", "--prune")
    assert [row for row in everyones(admin) if row[2] == "c1"] == []
    refused = admin.types("address", "c1", "lee", "--for", "c1")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "c1: was taken out" in refused.stderr
    assert admin.types("address", "c1", "lee", "--for", "lee").exit_code == 0  # for whoever is still there


@pytest.mark.parametrize("command", ["init", "check", "apply", "away"])
def test_help_has_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"]).stdout
    assert "Example: relay" in shown
