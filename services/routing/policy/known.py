"""What a policy may name: rules that send to a grid that nobody drew are refused before they lose a request."""

from typing import Any

from services.routing.policy.policy import Policy
from services.routing.policy.rules import ToGrid
from shared.areas import Areas
from shared.plans import Plan


def unknown_places(policy: Policy, plan: Plan | None) -> list[dict[str, Any]]:
    """Return a mistake for each rule that names a grid or an area that the plan does not have."""
    properties = [feature["properties"] for feature in plan["features"]] if plan else []
    grids = {each["code"] for each in properties}
    areas = {*Areas(plan)} | {each.get("community") for each in properties} if plan else set[str]()
    found: list[dict[str, Any]] = []
    for place, rule in enumerate(policy.rules):
        if rule.send is None:
            continue
        field, code = ("grid", rule.send.grid) if isinstance(rule.send, ToGrid) else ("area", rule.send.area)
        if code not in (grids if field == "grid" else areas):
            found.append(
                {
                    "field": f"rules.{place}.send.{field}",
                    "problem": f"unknown_{field}",
                    "detail": f"no {field} is called {code}",
                    "context": {field: code},
                }
            )
    return found
