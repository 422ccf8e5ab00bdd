"""Which gateways there are, and which of them this office uses: a TOML file (docs/gateways.md), its credentials sealed."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.notify.gateways.aliyun import AliyunSettings
from services.notify.gateways.apprise import AppriseSettings
from services.notify.gateways.dingtalk import DingtalkSettings
from services.notify.gateways.feishu import FeishuSettings
from services.notify.gateways.gateway import Parts
from services.notify.gateways.lanes import Lane, Lanes
from services.notify.gateways.matrix import MatrixSettings
from services.notify.gateways.sandbox import Sandbox, SandboxSettings
from services.notify.gateways.smpp.smpp import SmppSettings
from services.notify.gateways.tencent import TencentSettings
from services.notify.gateways.wecom import WecomSettings
from services.notify.gateways.wecom_groups import WecomGroupsSettings
from services.notify.template.placeholders import offered
from shared.settings import Settings
from shared.vault import Locksmith

Kind = (
    SandboxSettings
    | AliyunSettings
    | TencentSettings
    | SmppSettings
    | WecomSettings
    | WecomGroupsSettings
    | DingtalkSettings
    | FeishuSettings
    | AppriseSettings
    | MatrixSettings
)
"""A new gateway is one more here."""


class Gateways(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    falls_back: bool = Field(default=True, description="from chat to SMS, where a person is not reached")
    dry_run: bool = Field(default=False, description="nothing goes out: the sandbox keeps it")
    gateway: tuple[Annotated[Kind, Field(discriminator="kind")], ...] = ()

    @model_validator(mode="after")
    def _each_has_a_name_of_its_own(self) -> "Gateways":
        names = [each.name for each in self.gateway]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"named twice: {', '.join(sorted(twice))}")
        return self

    @model_validator(mode="after")
    def _every_approved_text_can_be_filled(self) -> "Gateways":
        if wrong := [mistake for each in self.gateway for mistake in _mistakes(each)]:
            raise ValueError("; ".join(wrong))
        return self


def _mistakes(gateway: Kind) -> Iterator[str]:
    for template, approval in (gateway.approvals or {}).items():
        if (offers := offered(template)) is None:
            yield f"{gateway.name}: there is no message {template}"
            continue
        for name in approval.placeholders:
            if name not in offers:
                yield f"{gateway.name}: {template} has no {name}, but {', '.join(sorted(offers))}"


class UnusableGatewaysError(Exception):
    """The file of gateways cannot be used; the text says where and why, and no credential."""


def read_gateways(settings: Settings) -> Gateways:
    """Raises UnusableGatewaysError."""
    if settings.gateways is None:
        return Gateways(gateway=(SandboxSettings(),))
    return parse_gateways(settings.gateways, Locksmith(settings.master))


def parse_gateways(path: Path, locksmith: Locksmith) -> Gateways:
    """Raises UnusableGatewaysError."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        return Gateways.model_validate(said, context={"locksmith": locksmith})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        raise UnusableGatewaysError(f"{path}: {unreadable}") from unreadable
    except ValidationError as invalid:
        wrong = (
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in invalid.errors()
        )
        raise UnusableGatewaysError(f"{path}: " + "; ".join(wrong)) from None


def open_lanes(gateways: Gateways, parts: Parts) -> Lanes:
    """Make what the file names. In a dry run each is the sandbox, at its own pace."""

    def lane(each: Kind) -> Lane:
        return Lane(each, Sandbox(parts.sandbox) if gateways.dry_run else each.open(parts))

    return Lanes([lane(each) for each in gateways.gateway])
