"""What an operator sees of a service that has something for a person to do."""

from services.console.health import waiting

METRICS = """\
# HELP lastmile_parked_total Messages put into the parking lot
# TYPE lastmile_parked_total counter
lastmile_parked_total{reason="malformed",service="notify"} 2.0
lastmile_parked_total{reason="unknown",service="notify"} 1.0
# HELP lastmile_histories_held Histories held
# TYPE lastmile_histories_held gauge
lastmile_histories_held{service="notify"} 4.0
"""


def test_what_waits_for_a_person_is_summed_over_its_labels():
    assert waiting(METRICS) == {"parked": 3, "held": 4}


def test_a_service_that_counted_nothing_yet_has_nothing_waiting():
    assert waiting("") == {"parked": 0, "held": 0}
