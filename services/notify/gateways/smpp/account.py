"""What an office's account with an SMSC is made of."""

from typing import Literal

from pydantic import Field

from services.notify.gateways.gateway import Channel, Credential, GatewaySettings
from services.notify.gateways.smpp.receipt import Ids
from services.notify.gateways.smpp.text import Long


class Account(GatewaySettings):
    channels: tuple[Channel, ...] = ("sms",)
    at_once: int = Field(default=32, ge=2, le=1000)
    host: str
    port: int = Field(default=2775, ge=1, le=65535)
    tls: bool = False
    ca: str | None = Field(
        default=None, description="file of the authority that signed the SMSC's certificate"
    )
    system_id: str = Field(max_length=15)
    password: Credential
    system_type: str = Field(default="", max_length=12)
    service_type: str = Field(default="", max_length=5)
    bind: Literal["transceiver", "pair"] = Field(
        default="transceiver", description="pair: one connection to send and one to hear"
    )
    source: str = Field(default="", max_length=20, description="who the phone says it is from")
    source_ton: int = Field(default=0, ge=0, le=255)
    source_npi: int = Field(default=0, ge=0, le=255)
    dest_ton: int = Field(default=1, ge=0, le=255, description="1: with the country's number")
    dest_npi: int = Field(default=1, ge=0, le=255)
    window: int = Field(default=10, ge=1, le=1000, description="submits that may wait for their answer")
    enquire_every: float = Field(
        default=30.0, gt=0, description="seconds of silence until we ask who is there"
    )
    long: Long = "parts"
    receipts: bool = Field(default=True, description="ask for one for each SMS")
    receipt_ids: Ids = "same"
    query: bool = Field(default=False, description="whether the SMSC answers query_sm")
