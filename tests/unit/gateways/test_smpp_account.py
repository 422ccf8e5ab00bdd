"""An account at an SMSC: its password stands sealed, its line may be TLS, and an operator can try it out."""

from base64 import b64encode
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lastmile import gateways
from lastmile.ports import LOOPBACK
from services.notify.gateways.gateway import Accepted, RetryLater
from services.notify.gateways.registry import UnusableGatewaysError, parse_gateways
from shared.clock import now
from tests.fixtures.smpp import CHINESE, LOCKSMITH, message, running
from tests.fixtures.smsc import account, smsc


def test_a_password_in_clear_is_refused(tmp_path):
    file = tmp_path / "gateways.toml"
    file.write_text(
        '[[gateway]]\nkind = "smpp"\nname = "o"\nhost = "h"\nsystem_id = "s"\npassword = "clear"\n'
    )
    with pytest.raises(UnusableGatewaysError, match="stands sealed"):
        parse_gateways(file, LOCKSMITH)


async def test_it_speaks_tls_to_an_smsc_that_its_authority_vouches_for(tmp_path):
    """And to nobody else."""
    key, certificate = self_signed(tmp_path)
    async with smsc(tmp_path, key=key, cert=certificate) as there:
        async with running(there, tls=True, ca=certificate) as gateway:
            assert isinstance(await gateway.send(message()), Accepted)
        async with running(there, tls=True) as gateway:
            assert await gateway.send(message()) == RetryLater("not bound")


def self_signed(directory: Path) -> tuple[str, str]:
    """Files of a key and of its certificate for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smsc")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "key.pem", directory / "certificate.pem"
    pem = serialization.Encoding.PEM
    files[0].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].write_bytes(certificate.public_bytes(pem))
    return str(files[0]), str(files[1])


async def test_the_commands_check_it_and_send_over_it(tmp_path, monkeypatch):
    """As an operator tries a new account out: bound to send alone, so what comes in waits for notify."""
    for name in ("MASTER_KEY", "DOOR_KEY", "STAFF_KEY"):
        monkeypatch.setenv(f"LASTMILE_{name}", b64encode(b"m" * 32).decode())
    file = tmp_path / "gateways.toml"
    async with smsc(tmp_path, receipts="text") as there:
        said = account(there) | {"password": gateways.sealed(None, "secret")}
        lines = (
            f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
            for name, value in said.items()
        )
        file.write_text("[[gateway]]\n" + "\n".join(lines))
        assert [(each.name, each.kind) for each in gateways.read(None, file).gateway] == [
            ("operator", "smpp")
        ]
        trial = gateways.trial("+8613800000101", CHINESE, "", {})
        outcome = await gateways.send(None, file, "operator", trial)
        assert isinstance(outcome, Accepted)
        assert [each["text"] for each in there.took if each["text"]] == [CHINESE]
        assert [each["bound"] for each in there.said("bound")] == ["transmitter"]
        assert len(there.said("unbound")) == 1
