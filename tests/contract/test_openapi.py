"""Both doors do what their OpenAPI says, whatever is sent: no surprise but 503, and each answer is documented."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from pydantic import TypeAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from lastmile.reference import openapi
from services.console import answers
from tests.fixtures.street import Street

RESIDENTS = schemathesis.openapi.from_dict(openapi.intake())
STAFF = schemathesis.openapi.from_dict(openapi.console()).exclude(path="/v1/live")  # a line that never ends

a_bounded_number = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def hold_to_it(case: schemathesis.Case, door: str, headers: dict[str, str]) -> None:
    answer = case.call(base_url=door, headers=headers)
    checks = [
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
        negative_data_rejection,
        unsupported_method,
    ]
    if answer.status_code != 503:
        checks.append(not_a_server_error)
    case.validate_response(answer, checks=checks)


@RESIDENTS.parametrize()
@a_bounded_number
def test_the_residents_door(case: schemathesis.Case, street: Street):
    hold_to_it(case, street.stack.url("intake"), {})


@STAFF.parametrize()
@a_bounded_number
def test_the_staff_s_door(case: schemathesis.Case, street: Street):
    hold_to_it(case, street.stack.url("console"), {"authorization": street.bearer("s-chen", "staff")})


async def test_every_error_is_documented_as_a_problem(street: Street):
    """Whoever reads the documents knows what may come back, and in which form."""
    for door in (street.residents, street.staff):
        for path, routes in (await door.get("/openapi.json")).json()["paths"].items():
            for method, route in routes.items():
                errors = {s: a for s, a in route["responses"].items() if s >= "400"}
                for status, answer in errors.items():
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/ledger", answers.Page),
        ("/v1/requests/{code}", answers.Matter),
        ("/v1/figures", answers.Figures),
        ("/v1/topics", answers.Topics),
        ("/v1/deliveries", answers.Deliveries),
        ("/v1/workers", dict[str, answers.Worker]),
        ("/v1/plan", answers.GeoJson),
        ("/v1/services", list[answers.ServiceHealth]),
    ],
)
async def test_staff_get_what_is_documented_and_nothing_else(street: Street, path: str, model: Any):
    """A field that nobody documented is one that nobody may rely on, or one that slipped out."""
    told = await street.submit(reporter={"name": "钱先生", "phone": "13500005555"})
    await street.reaches(told["id"], "assigned")
    answer = (await street.staff.get(path.format(**told))).json()
    documented = TypeAdapter(model)
    assert (
        documented.dump_python(documented.validate_python(answer), mode="json", exclude_unset=True) == answer
    )
