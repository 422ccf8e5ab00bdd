"""The staff's pages, and the sign-in that they need: a token in a cookie that no script can read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shared.messages import Messages
from shared.pages import Pages, static
from shared.settings import Settings
from shared.staff import Role, Staff, UnknownStaffError, make_token, read_token

COOKIE: Final = "lastmile_staff"
_EVERYBODY: Final[tuple[Role, ...]] = ("staff", "worker", "secretary", "director", "operator")
_ALL_BUT_OPERATORS: Final[tuple[Role, ...]] = ("staff", "worker", "secretary", "director")
_HERE = Path(__file__).parent
PAGES = _HERE / "pages"
_A_DAY: Final = 24 * 3600  # seconds
_IN_THE_BAR: Final = 5  # pages; the rest stand behind one button
_ROOMS: Final = ("work", "people", "tell", "book", "rules")


@dataclass(frozen=True)
class Page:
    """A page of the desk: its template, its name in the bar (``nav.<name>``), among which it stands where the bar is
    too short (``nav.room.<room>``), and whose it is: others are told so.
    """

    template: str
    name: str
    room: str
    roles: tuple[Role, ...] = _EVERYBODY


_PAGES: Final = {
    "/": Page("home.html", "ledger", "work"),
    "/mine": Page("mine.html", "mine", "work", ("worker",)),
    "/figures": Page("figures.html", "figures", "work", ("staff", "secretary", "director")),
    "/topics": Page("topics.html", "topics", "work", _ALL_BUT_OPERATORS),
    "/visits": Page("visits.html", "visits", "people", _ALL_BUT_OPERATORS),
    "/call-ups": Page("call-ups.html", "call-ups", "people", _ALL_BUT_OPERATORS),
    "/alerts": Page("alerts.html", "alerts", "tell", _ALL_BUT_OPERATORS),
    "/wishes": Page("wishes.html", "wishes", "people", _ALL_BUT_OPERATORS),
    "/notices": Page("notices.html", "notices", "tell", ("staff", "secretary")),
    "/bulletins": Page("bulletins.html", "bulletins", "tell", ("staff", "secretary", "director")),
    "/patrols": Page("patrols.html", "patrols", "people", _ALL_BUT_OPERATORS),
    "/hot": Page("hot.html", "hot", "work", ("staff", "secretary", "director")),
    "/joint-tasks": Page("joint-tasks.html", "joint-tasks", "work", ("staff", "secretary", "director")),
    "/mediations": Page("mediations.html", "mediations", "work", _ALL_BUT_OPERATORS),
    "/book": Page("book.html", "book", "book", _ALL_BUT_OPERATORS),
    "/rota": Page("rota.html", "rota", "book", _ALL_BUT_OPERATORS),
    "/records": Page("records.html", "records", "book", ("staff", "worker", "secretary")),
    "/people": Page("people.html", "people", "book", ("staff", "secretary")),
    "/policy": Page("policy.html", "policy", "rules", ("staff", "director")),
    "/preferences": Page("preferences.html", "preferences", "rules"),
    "/relay-cards": Page("relay-cards.html", "relay-cards", "tell", _ALL_BUT_OPERATORS),
    "/chat-groups": Page("chat-groups.html", "chat-groups", "tell", ("staff", "secretary", "director")),
    "/templates": Page("templates.html", "templates", "rules", ("staff", "director")),
    "/guidance": Page("guidance.html", "guidance", "rules", ("staff", "director")),
    "/outbox": Page("outbox.html", "outbox", "tell", ("staff", "director", "operator")),
    "/operations": Page("operations.html", "operations", "rules", ("staff", "operator")),
}
"""In the order in which the bar shows them; each role's first page comes before the rest."""

_FIRST: Final[dict[Role, str]] = {
    "staff": "/",
    "worker": "/mine",
    "secretary": "/",
    "director": "/figures",
    "operator": "/operations",
}
"""What each role wants to see first."""

DemoPerson = Callable[[str], Awaitable[Staff | None]]


def page_routes(settings: Settings, messages: Messages, demo_person: DemoPerson) -> list[BaseRoute]:
    """``demo_person(role)`` says as whom the demo lets somebody in; None: there is nobody of that role."""
    pages = Pages(PAGES, settings, messages)

    def shell(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def show(request: Request) -> Response:
            staff = signed_in(settings, request)
            if staff is None:
                return RedirectResponse("/login", 303)
            bar = _bar(staff.role)
            if staff.role not in page.roles:
                home, reason = _FIRST[staff.role], "not_your_page"
                return pages.show(
                    request, "problem.html", status=403, staff=staff, bar=bar, reason=reason, home=home
                )
            return pages.show(request, page.template, staff=staff, bar=bar)

        return show

    async def ask_token(request: Request) -> Response:
        return pages.show(request, "login.html", refused=False)

    async def take_token(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        token = form.get("token", [""])[0].strip()
        try:
            staff = read_token(settings, token)
        except UnknownStaffError:
            return pages.show(request, "login.html", status=401, refused=True)
        return _let_in(settings, request, staff, token)

    async def enter(request: Request) -> Response:
        staff = await demo_person(request.path_params["role"]) if settings.demo else None
        if staff is None:
            return pages.lost(request)
        token = make_token(settings, staff.sub, staff.role, areas=staff.areas)
        return _let_in(settings, request, staff, token)

    async def leave(_request: Request) -> Response:
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    return [
        *(Route(path, shell(page)) for path, page in _PAGES.items()),
        Route("/login", ask_token),
        Route("/login", take_token, methods=["POST"]),
        Route("/logout", leave, methods=["POST"]),
        Route("/enter/{role}", enter),
        *static(_HERE / "static"),
    ]


@dataclass(frozen=True)
class _Bar:
    """Which pages a role's bar shows, as address and name: the first few, and the rest by room."""

    first: list[tuple[str, str]]
    rest: dict[str, list[tuple[str, str]]]


def _bar(role: Role) -> _Bar:
    seen = [(path, page) for path, page in _PAGES.items() if role in page.roles]
    seen.sort(key=lambda place: place[0] != _FIRST[role])
    rest: dict[str, list[tuple[str, str]]] = {room: [] for room in _ROOMS}
    for path, page in seen[_IN_THE_BAR:]:
        rest[page.room].append((path, page.name))
    first = [(path, page.name) for path, page in seen[:_IN_THE_BAR]]
    return _Bar(first, {room: places for room, places in rest.items() if places})


def signed_in(settings: Settings, request: Request) -> Staff | None:
    """Who the cookie says, or None."""
    try:
        return read_token(settings, request.cookies.get(COOKIE, ""))
    except UnknownStaffError:
        return None


def _let_in(settings: Settings, request: Request, staff: Staff, token: str) -> Response:
    """Coming from another site (localhost, where we are 127.0.0.1), a strict cookie is kept, but not sent along on a
    redirect: then the page itself goes on, which counts as ours.
    """
    first = _FIRST[staff.role]
    where = f"{first}?community={staff.areas[0]}" if first == "/" and staff.areas else first
    if request.headers.get("sec-fetch-site") == "cross-site":
        response = Response(headers={"Refresh": f"0; url={where}"})
    else:
        response = RedirectResponse(where, 303)
    secure = settings.console_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=_A_DAY, httponly=True, samesite="strict", secure=secure)
    return response
