"""What is wrong with templates is told by file and line; what a reply may quote of ours is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outbound.compose import own_words, template_problems
from outbound.proofread import SPOT
from outbound.texts import SHIPPED, Texts
from relay.settings import GUIDE, Organisation
from tests.outbound_world import ANA, WITH_LEE, World, owed

ORGANISATION = Organisation(name="Elm Street Practice")
GOOD = "Subject: Hello\n\nOpen {{ link }}\n{{ emergency }}\n"

PROBLEMS = {
    "content_variable": ("en/message.txt", GOOD + "{{ text }}\n", 5, "there is no variable text"),
    "typo": ("en/message.txt", GOOD.replace("emergency", "emergencies"), 4, "there is no variable emergencies"),
    "syntax": ("en/message.txt", GOOD + "{% if link %}\n", 5, "is not a valid template here"),
    "no_subject": ("en/message.txt", GOOD.replace("Subject: ", ""), 0, "has no subject"),
    "no_link": ("en/message.txt", GOOD.replace("{{ link }}", "it"), 0, "the link is missing"),
    "no_link_in_html": ("en/message.html", "<p>{{ emergency }}</p>", 0, "the link is missing"),
    "no_emergency_line": ("en/message.txt", GOOD.replace("{{ emergency }}", ""), 0, "the emergency line is missing"),
    "code_not_alone": ("en/sign-in.txt", GOOD + "Code: {{ code }}\n", 0, "the code does not stand alone on a line"),
    "unknown_mail": ("en/mesage.txt", GOOD, 0, "no mail has this name"),
    "unknown_place": ("message.txt", GOOD, 0, "is not a template of ours"),
    "unknown_ending": ("en/message.md", GOOD, 0, "is not a template of ours"),
    "remote_image": (
        "en/message.html",
        "{{ emergency }}\n<img src=//x.example>{{ link }}",
        2,
        "loads or runs something",
    ),
    "script": ("en/_frame.html", "<script>1</script>", 1, "loads or runs something"),
    "style_import": ("en/_frame.html", "<style>@import 'x'</style>", 1, "loads or runs something"),
    "missing_piece": (
        "fr/message.txt",
        GOOD + '{% include "fr/_foot.txt" %}',
        0,
        "the mail message cannot be made with it",
    ),
    "broken_piece": ("en/_foot.txt", "Yours", 0, "the emergency line is missing"),
    "wrong_use": ("en/message.txt", GOOD + "{{ link.host.name }}", 0, "the mail message cannot be made with it"),
}


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("case", PROBLEMS)
def test_template_problem_is_told(case: str, tmp_path: Path) -> None:
    name, text, line, what = PROBLEMS[case]
    path = write(tmp_path, name, text)
    (problem,) = template_problems(tmp_path)
    assert (problem.file, problem.line, problem.what) == (str(path), line, what)
    assert problem.todo


def test_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    write(tmp_path, "en/message.txt", b"\xff\xfe")
    assert [problem.what for problem in template_problems(tmp_path)] == ["cannot be read"]


def test_all_template_problems_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, "en/message.txt", GOOD + "{{ text }}{{ body }}")
    write(tmp_path, "es/message.txt", GOOD + "{{ subjet }}")
    assert [(Path(problem.file).parent.name, problem.what.split()[-1]) for problem in template_problems(tmp_path)] == [
        ("en", "body"),
        ("en", "text"),
        ("es", "subjet"),
    ]


def test_nearest_variable_is_proposed(tmp_path: Path) -> None:
    write(tmp_path, "en/message.txt", GOOD + "{{ organization }}")
    assert [problem.todo for problem in template_problems(tmp_path)] == ["did you mean organisation?"]


@pytest.mark.parametrize("folder", [None, Path("does-not-exist"), SHIPPED], ids=["none", "missing", "shipped"])
def test_good_templates_have_no_problems(folder: Path | None) -> None:
    assert template_problems(folder) == []


def test_one_template_can_be_replaced(tmp_path: Path) -> None:
    write(tmp_path, "en/message.txt", GOOD)
    write(tmp_path, "en/.draft.txt", "{{ nothing }}")
    assert template_problems(tmp_path) == []
    letter = World(templates=tmp_path).letter(owed(ANA, "message", WITH_LEE))
    assert b"\r\nSubject: Hello\r\n" in letter.message
    assert b"Open the secure thread</a>" in letter.message  # the HTML is still the shipped one


def test_a_language_can_be_added(tmp_path: Path) -> None:
    write(tmp_path, "fr/message.txt", GOOD.replace("Open", "Ouvrir"))
    assert template_problems(tmp_path) == []
    world = World(templates=tmp_path, organisation=Organisation(locale="fr"))
    assert b"Ouvrir https" in world.letter(owed(ANA, "message", WITH_LEE)).message
    assert b"\r\nContent-Language: en\r\n" in world.letter(owed(ANA, "sign-in")).message


# -- what a reply may quote --------------------------------------------------------------------------------------------


def test_every_line_of_a_mail_is_known_as_ours() -> None:
    known = {line for text in own_words(ORGANISATION, GUIDE).texts for line in text.split("\n")}
    patterns = [re.compile(".+".join(map(re.escape, line.split(SPOT)))) for line in known if SPOT in line]
    for locale in ("en", "es"):
        world = World(organisation=ORGANISATION.model_copy(update={"locale": locale}))
        letter = world.letter(owed(ANA, "message", WITH_LEE))
        paragraphs = re.split(rb"\r\n(?=\r\n|- |https)", letter.message.split(b"\r\n\r\n", 2)[2].split(b"\r\n--=")[0])
        text = [" ".join(each.decode().split()) for each in paragraphs] if locale == "en" else []
        unknown = [line for line in text if line not in known and not any(each.fullmatch(line) for each in patterns)]
        assert [line for line in unknown if line and not line.startswith("-- ")] == []


def test_own_texts_have_no_variable_left() -> None:
    texts = own_words(ORGANISATION, GUIDE).texts
    assert len(texts) < 150
    assert any("Elm Street Practice" in text and "911" in text for text in texts)
    assert not any("{{" in text or "{%" in text or "<p>" in text for text in texts)


def test_own_subjects_are_those_of_the_mails() -> None:
    found = own_words(ORGANISATION, GUIDE).subjects
    assert "new secure message from elm street practice" in found
    assert "nuevo mensaje seguro de elm street practice" in found
    assert not any("(" in subject for subject in found)  # those that name a sender


def test_languages_have_the_same_templates() -> None:
    english, spanish = ({path.name for path in (SHIPPED / locale).iterdir()} for locale in ("en", "es"))
    assert spanish == english | {"_known.txt"}
    assert Texts().locales() == ("en", "es")
