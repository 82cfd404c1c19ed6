"""The page of one's preferences: when notices come, to which address, in which language; for clients, a pause
of them; for providers, an absence.

A GET changes nothing. A POST carries the token of the session (403 without) and is answered by a redirect, or by the
page that says why not. What is lost while nothing is sent stands beside the button.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from relay.absence import Absences
from relay.choosing import Choosing
from relay.domain import Person, Preferences
from relay.portal.answers import Answers, Form, html, reading
from relay.portal.languages import LANGUAGES, N_
from relay.portal.pages import Pages
from relay.portal.signin import Visitor
from relay.ports import People
from relay.quiet import LONGEST_PAUSE, Quiet
from relay.units import read_hours

PAUSES = (1, 3, 7, LONGEST_PAUSE.days)  #: days


class Choices:
    """Answers requests."""

    def __init__(
        self,
        *,
        pages: Pages,
        answers: Answers,
        choosing: Choosing,
        absences: Absences,
        people: People,
        quiet: Quiet,
    ) -> None:
        """Take what pages are made of, and who keeps what is chosen."""
        self._absences = absences
        self._people = people
        self._pages = pages
        self._answers = answers
        self._choosing = choosing
        self._quiet = quiet

    def show(self, request: Request, visitor: Visitor) -> Response:
        """GET /preferences: what the visitor has chosen."""
        return self._page(visitor, done=request.query_params.get("done", ""))

    def choose(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """POST /preferences: keep what was chosen."""
        try:
            chosen = _read(form)
        except ValueError:
            return self._page(visitor, problem=N_("Please give both times of the quiet hours, like 21:00 and 07:00."))
        if not self._choosing.choose(visitor.person, chosen):
            return self._page(
                visitor, problem=N_("That address is not one of yours any more. Please choose another one.")
            )
        return self._answers.to("/preferences?done=saved")

    def pause(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """POST /preferences/pause: send no notices for some days, or again from now on."""
        if form.get("do") == "resume":
            self._choosing.resume(visitor.person)
            return self._answers.to("/preferences?done=resumed")
        days = form.get("days", "")
        length = timedelta(days=int(days) if days in map(str, range(1, LONGEST_PAUSE.days + 1)) else 0)
        if not self._choosing.pause(visitor.person, length):
            return self._page(visitor, problem=N_("Notices can be paused for 1 to 14 days."))
        return self._answers.to("/preferences?done=paused")

    def away(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """POST /preferences/absence: a provider is away, or back."""
        person = visitor.person
        if form.get("do") == "back":
            self._absences.back(person, actor=person.id)
            return self._answers.to("/preferences?done=back")
        try:
            until = date.fromisoformat(form.get("until", ""))
        except ValueError:
            return self._page(visitor, problem=N_("Please give the day on which you are back."))
        if wrong := self._absences.declare(person, until, form.get("cover", ""), actor=person.id):
            return self._page(visitor, problem=wrong)
        return self._answers.to("/preferences?done=away")

    def _absence(self, person: Person) -> dict[str, object]:
        """Give what the page shows of a provider's absence."""
        absence = self._absences.of(person, self._absences.now())
        cover = None if absence is None or absence.cover is None else self._people.person(absence.cover)
        return {
            "absence": absence,
            "back_on": "" if absence is None else self._pages.day(absence.until, person),
            "cover_name": self._pages.name(cover, person) if cover or (absence and absence.support) else "",
            "colleagues": self._colleagues(person) if absence is None and person.role == "provider" else (),
        }

    def _colleagues(self, person: Person) -> list[tuple[str, str]]:
        found = (self._people.person(no) for no in self._people.providers() if no != person.no)
        return sorted(((one.id, one.name) for one in found if one is not None), key=lambda row: row[1].casefold())

    def _page(self, visitor: Visitor, *, done: str = "", problem: str = "") -> Response:
        person, chosen = visitor.person, visitor.person.preferences
        hours = self._quiet.hours(person)
        until = chosen.paused_until if self._choosing.is_paused(person) else None
        page = self._pages.signed_in(
            "preferences.html",
            reading(visitor),
            chosen=chosen,
            languages=LANGUAGES,
            practice=str(self._quiet.default or ""),
            start=f"{hours.start:%H:%M}" if hours else "21:00",
            end=f"{hours.end:%H:%M}" if hours else "07:00",
            pauses=PAUSES,
            paused=self._pages.time(until, person) if isinstance(until, datetime) else None,
            done=done,
            problem=problem,
            **self._absence(person),
        )
        return html(page, 422 if problem else 200)


def _read(form: Form) -> Preferences:
    """Read the form. Raises ValueError for hours that are none."""
    own = ""
    if form.get("quiet") == "own":
        own = str(read_hours(f"{form.get('start', '')}-{form.get('end', '')}"))
    language = form.get("language", "")
    return Preferences(
        quiet_hours={"own": own, "none": ""}.get(form.get("quiet", "")),
        address=form.get("address", ""),
        locale=language if language in LANGUAGES else "",
        receipts=bool(form.get("receipts")),
    )
