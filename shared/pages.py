"""The pages of a door: Jinja2 templates, the texts that their scripts need, and the headers that guard them."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from shared.messages import LANGUAGES, Messages, choose
from shared.settings import Settings

_HERE: Final = Path(__file__).parent
_A_YEAR: Final = 365 * 24 * 3600  # seconds

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, nothing from elsewhere."""

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Person(Protocol):
    """Who is signed in, as far as a page shows it."""

    @property
    def sub(self) -> str: ...
    @property
    def role(self) -> str: ...


class Pages:
    """One door's templates, with the skeleton that all doors share: ``pages.show(request, "report.html")``."""

    def __init__(self, folder: Path, settings: Settings, messages: Messages) -> None:
        self._messages = messages
        self._jinja = Environment(
            loader=FileSystemLoader([folder, _HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._common: dict[str, Any] = {
            "tenant_name": settings.tenant_name,
            "zone": settings.timezone,
            "public_url": settings.public_url.rstrip("/"),
            "console_url": settings.console_url.rstrip("/"),
            "demo": settings.demo,
            "languages": LANGUAGES,
        }

    def show(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        staff: Person | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Render in the language asked for, and remember one that was asked for by ``?lang=``."""
        wish = request.query_params.get("lang")
        lang = choose(wish, request.cookies.get("lang"), request.headers.get("accept-language"))
        page = self._jinja.get_template(template).render(
            lang=lang,
            t=partial(self._messages.text, lang),
            words=partial(self._words, lang),
            path=request.url.path,
            staff=staff,
            **self._common,
            **values,
        )
        response = HTMLResponse(page, status, HEADERS)
        if wish == lang:
            response.set_cookie("lang", lang, max_age=_A_YEAR, httponly=True, samesite="strict")
        return response

    def lost(self, request: Request) -> HTMLResponse:
        """There is no such page here."""
        return self.show(request, "problem.html", status=404, reason="not_found")

    def _words(self, lang: str, *prefixes: str) -> Markup:
        """Texts as JSON for a data block of the page: ``<`` is escaped, so that no text can end the block."""
        texts = self._messages.words(lang, *prefixes)
        return Markup(json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - escaped here


def static(folder: Path) -> list[BaseRoute]:
    """Return the routes of a door's static files: its own under /static, those of all doors under /static/shared."""
    return [
        Mount("/static/shared", StaticFiles(directory=_HERE / "static"), name="shared-static"),
        Mount("/static", StaticFiles(directory=folder), name="static"),
    ]
