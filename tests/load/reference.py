"""What intake is measured against: a Starlette route, the same body checked by pydantic, an awaited ``js.publish``.

No envelope, no seal, no idempotency, no metrics. The same server in the same event loop (shared/http.py), so that
only the work differs. ``python -m tests.load.reference <nats url> <user> <password> <port>``
"""

import asyncio
import signal
import sys
from uuid import uuid4

import nats
import uvloop
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.http import serve

STREAM = "REFERENCE"
PATH = "/v1/requests"


class Location(BaseModel):
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    address: str | None = Field(default=None, max_length=200)
    building: str | None = Field(default=None, max_length=64)
    unit: str | None = Field(default=None, max_length=32)


class Reporter(BaseModel):
    name: str | None = Field(default=None, max_length=64)
    phone: str | None = Field(default=None, max_length=32)


class Submission(BaseModel):
    text: str = Field(min_length=1, max_length=4000)
    kind: str = "issue"
    category: str | None = None
    location: Location
    reporter: Reporter | None = None
    community: str | None = None


async def main(url: str, user: str, password: str, port: str) -> None:
    client = await nats.connect(url, user=user, password=password, inbox_prefix=b"_INBOX.reference")
    js = client.jetstream()

    async def submit(request: Request) -> Response:
        try:
            said = Submission.model_validate_json(await request.body())
        except ValidationError as invalid:
            return Response(invalid.json(), 422, media_type="application/json")
        name = str(uuid4())
        await js.publish("reference.submitted", said.model_dump_json().encode())
        return Response(to_json({"id": name, "status": "submitted"}), 201, media_type="application/json")

    async def ready(_request: Request) -> Response:
        return Response(b"{}")

    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    app = Starlette(routes=[Route(PATH, submit, methods=["POST"]), Route("/readyz", ready)])
    await serve(app, "127.0.0.1", int(port), stop)
    await client.close()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
