"""Everything that can be set, read once. Each setting works on a laptop; a secret has no default."""

from base64 import b64decode
from functools import cached_property
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.words import Tenant

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Read from the environment: ``LASTMILE_NATS_URL`` and so on."""

    model_config = SettingsConfigDict(env_prefix="LASTMILE_", frozen=True, extra="ignore")

    tenant: Tenant = "demo"
    tenant_name: str = "梧桐里街道"
    timezone: str = "Asia/Shanghai"
    demo: bool = Field(
        default=False, description="let the start page enter any role with one click; loopback only"
    )

    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str | None = None
    nats_password: SecretStr | None = None
    mongo_url: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    database_prefix: str = "lastmile_"

    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    console_url: str = "http://127.0.0.1:8090"
    service_urls: dict[str, str] = Field(
        default_factory=dict, description="where each service answers /readyz"
    )

    gateways: Path | None = Field(
        default=None,
        description="TOML file that names the gateways (docs/gateways.md); none: the sandbox alone",
    )
    alerts: Path | None = Field(
        default=None,
        description="TOML file that says who hears of which level of a warning (docs/alerts.md); none: the house's own",
    )
    master_key: SecretStr = Field(description="base64, 256 bits: wraps the vault's keys")
    door_key: SecretStr = Field(
        description="base64, 256 bits: tracking codes, tokens and fingerprints are HMACs under it"
    )
    staff_key: SecretStr = Field(description="base64, 256 bits: signs staff tokens")

    largest_body: int = Field(default=64 * 1024, description="bytes of one HTTP request's body")
    most_in_flight: int = Field(
        default=1024, description="submissions being appended at once; more are told 503"
    )
    append_timeout: float = Field(
        default=5.0, description="seconds until an append counts as not acknowledged"
    )
    command_timeout: float = Field(default=8.0, description="seconds until a door answers 503 for a command")
    topic_threshold: int = Field(
        default=5, description="open requests of a category in a grid that propose a topic"
    )
    batch: int = Field(default=500, description="messages that a consumer takes at once")
    oldest_news_days: int = Field(default=7, description="reactions that reach people ignore older facts")
    quiet_hours: str = Field(
        default="22:00-07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="on the tenant's clock: nobody is disturbed, unless by a grave alert or a call to duty; "
        "00:00-00:00: never",
    )
    fold_window: float = Field(
        default=180.0,
        ge=0,
        description="seconds after a message in which further news of the same matter wait and become one",
    )

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and self.http_host not in _LOOPBACK:
            raise ValueError("demo lets anybody in as anybody: only on a loopback address")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def master(self) -> bytes:
        return _key(self.master_key)

    @cached_property
    def door(self) -> bytes:
        return _key(self.door_key)

    @cached_property
    def staff(self) -> bytes:
        return _key(self.staff_key)


def _key(secret: SecretStr) -> bytes:
    key = b64decode(secret.get_secret_value(), validate=True)
    if len(key) != 32:
        message = "a key must be 256 bits in base64; `lastmile secrets` makes them"
        raise ValueError(message)
    return key
