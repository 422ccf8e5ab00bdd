"""Real servers for every test: started once a session on free ports, unless the environment names others.

``LASTMILE_NATS_URL`` and ``LASTMILE_MONGO_URL`` name servers that stand already (with ``LASTMILE_NATS_PASSWORD_…`` where
they know identities); ``LASTMILE_TEST_CONTAINERS=1`` starts the production images. Each test has a tenant and
databases of its own, so tests neither meet nor leave anything behind.
"""

import os
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass

import nats
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from nats.aio.client import Client
from nats.js.api import DeliverPolicy
from nats.js.errors import NotFoundError
from pydantic import SecretStr

from deploy.topology import DURABLES, migrate
from lastmile.keys import password_name
from shared.bus import Bus
from shared.journal import Journal
from shared.settings import Settings
from shared.store import Store
from tests.fixtures import containers, servers
from tests.fixtures.proxy import Cable
from tests.fixtures.street import Street, open_street

MakeSettings = Callable[..., Settings]
OpenBus = Callable[..., Awaitable[Bus]]
OpenStore = Callable[..., Store]
OpenJournal = Callable[..., Awaitable[Journal]]


@dataclass(frozen=True)
class Servers:
    nats_url: str
    mongo_url: str
    passwords: dict[str, str]
    """Empty when the NATS server knows no identities."""

    def login(self, identity: str) -> dict[str, str]:
        password = self.passwords.get(password_name(identity))
        return {} if password is None else {"user": identity, "password": password}


@pytest.fixture(scope="session")
async def started(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    with ExitStack() as stack:
        if os.environ.get("LASTMILE_TEST_CONTAINERS") == "1":
            nats_url = stack.enter_context(containers.nats(servers.PASSWORDS))
            yield Servers(nats_url, stack.enter_context(containers.mongo()), servers.PASSWORDS)
            return
        passwords = {k: v for k, v in os.environ.items() if k.startswith(password_name(""))}
        nats_url, mongo_url = os.environ.get("LASTMILE_NATS_URL"), os.environ.get("LASTMILE_MONGO_URL")
        if nats_url is None:
            own_nats = servers.Nats(tmp_path_factory.mktemp("nats"))
            stack.callback(own_nats.kill)
            await own_nats.start()
            nats_url, passwords = own_nats.url, servers.PASSWORDS
        if mongo_url is None:
            own_mongo = servers.Mongo(tmp_path_factory.mktemp("mongo"))
            stack.callback(own_mongo.kill)
            await own_mongo.start()
            mongo_url = own_mongo.url
        yield Servers(nats_url, mongo_url, passwords)


@pytest.fixture(scope="session")
async def admin(started: Servers) -> AsyncIterator[Client]:
    """A connection of the identity that declares streams and consumers; they stand as soon as it is there."""
    client = await nats.connect(started.nats_url, name="tests", **started.login("admin"))
    await migrate(client)
    yield client
    await client.close()


@pytest.fixture
def tenant() -> str:
    return f"t-{secrets.token_hex(6)}"


@pytest.fixture
async def database_prefix(started: Servers, tenant: str) -> AsyncIterator[str]:
    prefix = f"{tenant}_"
    yield prefix
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(started.mongo_url)
    for name in await client.list_database_names():
        if name.startswith(prefix):
            await client.drop_database(name)
    client.close()


@pytest.fixture
def settings(started: Servers, admin: Client, tenant: str, database_prefix: str) -> MakeSettings:
    """``settings("routing", append_timeout=0.5)``: this test's tenant, databases and keys, under that identity."""
    made = {
        name: SecretStr(b64encode(secrets.token_bytes(32)).decode())
        for name in ("master_key", "door_key", "staff_key")
    }

    def make(service: str = "routing", **changes: object) -> Settings:
        login = started.login(service)
        here: dict[str, object] = {
            "tenant": tenant,
            "database_prefix": database_prefix,
            "nats_url": started.nats_url,
            "mongo_url": started.mongo_url,
            "quiet_hours": "00:00-00:00",
            "fold_window": 0,
            "nats_user": login.get("user"),
            "nats_password": SecretStr(login["password"]) if login else None,
        }
        return Settings(**(here | made | changes))  # pyright: ignore[reportArgumentType]

    return make


@pytest.fixture
async def closing() -> AsyncIterator[AsyncExitStack]:
    """What a test opened is closed after it, the last one first."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def bus(settings: MakeSettings, closing: AsyncExitStack) -> OpenBus:
    """``await bus("routing")``: connected under that service's identity."""

    async def open_bus(service: str = "routing", **changes: object) -> Bus:
        opened = Bus(service, settings(service, **changes))
        closing.push_async_callback(opened.stop)
        await opened.connect()
        return opened

    return open_bus


@pytest.fixture
def store(settings: MakeSettings, closing: AsyncExitStack) -> OpenStore:
    """``store("routing")``: that service's database."""

    def open_store(service: str = "routing", **changes: object) -> Store:
        opened = Store(settings(service, **changes), service)
        closing.callback(opened.close)
        return opened

    return open_store


@pytest.fixture
def journal(bus: OpenBus) -> OpenJournal:
    """``await journal("routing")``: the journal as that service may use it."""

    async def open_journal(service: str = "routing", **changes: object) -> Journal:
        return (await bus(service, **changes)).journal

    return open_journal


@pytest.fixture
async def durables(admin: Client, tenant: str) -> AsyncIterator[None]:
    """Every declared consumer anew, and of this test's tenant alone."""
    js = admin.jetstream()

    async def forget(stream: str, name: str) -> None:
        try:
            await js.delete_consumer(stream, name)
        except NotFoundError:
            return

    for durable in DURABLES:
        await forget(durable.stream, durable.name)
        config = durable.config()
        if durable.stream == "TIMERS":  # what was set before is another test's
            config.deliver_policy = DeliverPolicy.NEW
        else:
            config.filter_subjects = [_of(tenant, subject) for subject in durable.filters]
        await js.add_consumer(durable.stream, config)
    yield
    for durable in DURABLES:
        await forget(durable.stream, durable.name)


def _of(tenant: str, subject: str) -> str:
    first, _, rest = subject.partition(".")
    return f"{first}.{tenant}.{rest.removeprefix('*.')}"


@pytest.fixture
async def cable(started: Servers, closing: AsyncExitStack) -> Cable:
    """A line to the NATS server that can be damaged: ``bus("routing", nats_url=cable.url)``."""
    line = Cable(int(started.nats_url.rpartition(":")[2]))
    await line.start()
    closing.push_async_callback(line.stop)
    return line


@pytest.fixture
async def own_nats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[servers.Nats]:
    """A NATS server for this test alone, to be killed; its streams and consumers are declared."""
    server = servers.Nats(tmp_path_factory.mktemp("own-nats"))
    await server.start()
    client = await nats.connect(server.url, user="admin", password=servers.PASSWORDS[password_name("admin")])
    await migrate(client)
    await client.close()
    yield server
    server.kill()


@pytest.fixture(scope="session")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """A whole stack, as `lastmile up` runs it, with two grids: one for all tests that use it."""
    async for street in open_street(tmp_path_factory.mktemp("street")):
        yield street
