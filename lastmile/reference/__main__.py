"""``python -m lastmile.reference docs|schemas [--check]``."""

import argparse
import sys
from pathlib import Path

from lastmile.reference.released import Released

ROOT = Path(__file__).resolve().parents[2]


def write_documents(root: Path, *, check: bool) -> list[str]:
    """Write every generated document that differs; with ``check``, only say which ones do."""
    from lastmile.reference.documents import documents  # noqa: PLC0415 - the services' apps, for docs alone

    complaints = []
    for name, text in documents().items():
        path = root / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            complaints.append(f"{name} is not what the code says: run `make docs` and commit it")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return complaints


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lastmile.reference", description=__doc__)
    parser.add_argument("what", choices=["docs", "schemas"])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something differs")
    options = parser.parse_args(arguments)
    if options.what == "docs":
        complaints = write_documents(ROOT, check=options.check)
    else:
        released = Released(ROOT / "tests" / "contract")
        complaints = released.check() if options.check else released.update()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if not complaints and options.check:
        print(f"{options.what}: in order")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
