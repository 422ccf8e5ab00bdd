"""A bulletin's counts as sentences, in both languages: texts of the catalogue with the plan's names of places."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from services.console.bulletin.counting import Counted
from shared.areas import Areas
from shared.bulletins import Days
from shared.documents import Body
from shared.events.bulletin import Section, Span
from shared.messages import LANGUAGES, Messages
from shared.plans import Plan

_MOST_CATEGORIES = 15


class Wording:
    def __init__(self, plan: Plan, messages: Messages) -> None:
        self._areas = Areas(plan)
        self._categories: Mapping[str, Body] = {one["code"]: one for one in plan.get("categories", ())}
        self._messages = messages

    def title(self, area: str, span: Span, days: Days) -> Body:
        return {
            language: self._text(
                language,
                f"bulletin.title.{span}",
                area=self._area(language, area),
                since=_day(language, days[0]),
                until=_day(language, days[1]),
                month=format_skeleton("yMMMM", days[0], locale=language),
            )
            for language in LANGUAGES
        }

    def lines(self, counted: Counted, following: Days) -> list[Body]:
        """Nothing counted: no line. ``following`` are the days that things are planned for."""
        return [*self._decided(counted), *self._done(counted), *self._due(counted, following)]

    def _decided(self, counted: Counted) -> Iterable[Body]:
        for grid, category, count in counted.topics:
            yield self._line("decided", "topic", grid=grid, category=category, count=count)

    def _done(self, counted: Counted) -> Iterable[Body]:
        if counted.resolved:
            of = "resolved_solved" if counted.solved else "resolved"
            yield self._line("done", of, count=counted.resolved, solved=counted.solved)
        for category, by_grid in list(counted.by_category.items())[:_MOST_CATEGORIES]:
            yield self._line(
                "done", "category", category=category, count=sum(by_grid.values()), by_grid=by_grid
            )
        for kind, count in counted.by_kind.items():
            yield self._line("done", "kind", kind=kind, count=count)
        for wording in counted.wishes:
            yield self._line("done", "wish", wording=wording)
        for of, count in (
            ("tasks_done", counted.tasks_done),
            ("visits", counted.visits),
            ("patrols", counted.patrols),
        ):
            if count:
                yield self._line("done", of, count=count)

    def _due(self, counted: Counted, following: Days) -> Iterable[Body]:
        for matter in counted.matters:
            said = {"grid": matter.grid, "category": matter.category or "", "people": matter.people}
            of = "matter" if matter.due is None else "matter_due"
            yield self._line("due", of, due=matter.due, **said)
        for grid, category, count in counted.tasks:
            yield self._line("due", "task", grid=grid, category=category or "", count=count)
        if counted.held:
            yield self._line("due", "held", count=counted.held)
        for of, count in (
            ("due", counted.due),
            ("visits_planned", counted.visits_planned),
            ("patrols_planned", counted.patrols_planned),
        ):
            if count:
                yield self._line("due", of, count=count, since=following[0], until=following[1])

    def _line(self, section: Section, of: str, **values: Any) -> Body:
        said = {
            language: self._text(language, f"bulletin.line.{of}", **self._named(language, values))
            for language in LANGUAGES
        }
        return {"section": section, "of": of, **said}

    def _named(self, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Codes become the names that people know."""
        named = dict(values)
        for name, value in values.items():
            match name, value:
                case "grid", str(code):
                    named[name] = self._area(language, code)
                case "category", str(code):
                    found = self._categories.get(code, {}).get(language)
                    named[name] = found or code or self._messages.text(language, "bulletin.no_category")
                case "kind", str(code):
                    named[name] = self._messages.text(language, f"kind.{code}")
                case "due" | "since" | "until", date():
                    named[name] = _day(language, value)
                case "by_grid", dict():
                    named[name] = self._by_grid(language, value)
                case _:
                    pass
        return named

    def _by_grid(self, language: str, by_grid: Mapping[str, int]) -> str:
        each = (
            self._text(language, "bulletin.in_grid", grid=self._area(language, grid), count=count)
            for grid, count in by_grid.items()
        )
        return self._messages.text(language, "bulletin.and").join(each)

    def _area(self, language: str, code: str) -> str:
        area = self._areas.get(code)
        return code if area is None else area.zh if language == "zh" else area.en

    def _text(self, language: str, slug: str, **values: Any) -> str:
        return self._messages.text(language, slug, **values)


def _day(language: str, day: date) -> str:
    return format_skeleton("MMMd", day, locale=language)
