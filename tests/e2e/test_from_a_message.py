"""Whoever reported by telephone has no page of his own: the link in a message lets him say whether it is solved."""

import re

import httpx

from tests.fixtures.browser import DESK, PHONE

LINK = re.compile(r"http\S+/r/\S+")


def test_the_link_in_a_message_is_enough_to_say_that_it_is_not_solved(doors, browser):
    """It brings the token where no server sees it, takes no other's place, and leaves none behind in the address."""
    worker, operator, phone = browser(PHONE), browser(DESK), browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    me = worker.driver.execute_script("return document.documentElement.dataset.sub")
    grids = [each["properties"] for each in worker.fetch("/v1/plan")["features"]]
    (building, *_) = next(grid["buildings"] for grid in grids if grid.get("worker") == me)
    body = {"text": "水管漏了", "location": {"building": building}, "reporter": {"phone": "13822223333"}}
    with httpx.Client(base_url=doors.public, trust_env=False, timeout=30) as door:
        said = door.post("/v1/requests", json=body).json()
    code = said["code"]
    card = f'#mine [data-code="{code}"]'
    worker.click(f"{card} [data-action=accept]")
    worker.click(f"{card} [data-action=resolve]")
    worker.see("dialog[open] textarea").send_keys("换了水管")
    worker.click("dialog[open] button.main")

    operator.go(f"{doors.console}/enter/operator")

    def told() -> dict[str, str]:
        """Where each message leads, by its template."""
        rows = operator.fetch("/v1/deliveries?limit=200")["items"]
        about = {row["template"]: row["text"] or "" for row in rows if row["code"] == code}
        return {template: link[0] for template, text in about.items() if (link := LINK.search(text))}

    links = operator.wait(lambda: "sms.reporter.resolved" in told() and told(), "the question")
    link = links["sms.reporter.resolved"]
    assert link == f"{doors.public}/r/{code}#{said['token']}"
    assert links["sms.reporter.accepted"] == f"{doors.public}/r/{code}", "nothing is asked there"

    phone.go(f"{doors.public}/r/{code}#{'x' * 22}")
    phone.see("#reading")
    assert "#" not in phone.driver.current_url
    assert not phone.all("#rate:not([hidden])"), "a link that is none allows nothing"
    assert all("403" in line for line in phone.complaints())
    phone.go(f"{doors.public}/")
    phone.go(link)
    phone.wait(lambda: phone.text("#outcome") == "换了水管", "what was done")
    assert "#" not in phone.driver.current_url
    phone.click("label[for=solved-no]")
    phone.click("label[for=star-2]")
    phone.click("#rate button")
    phone.see("#status .s-reopened")
    phone.go(f"{doors.public}/r/{code}#{'x' * 22}")
    phone.see("#own:not([hidden])")
