"""A warning in a real browser: the office relays a file and types another in, the worker says with one tap that it was seen."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fixtures.browser import DESK, PHONE


def warning(name: str, grid: str) -> str:
    until = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0).isoformat()
    sent = datetime.now(UTC).replace(microsecond=0).isoformat()
    return (
        '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{name}</identifier><sender>qx@sh.gov.cn</sender><sent>{sent}</sent><status>Actual</status>"
        "<msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category>"
        "<event>暴雨</event><urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>"
        f"<expires>{until}</expires><senderName>市气象台</senderName><headline>暴雨红色预警 {name}</headline>"
        "<description>三小时内降雨一百毫米以上。</description><instruction>停止户外作业。</instruction>"
        f"<area><areaDesc>梧桐里</areaDesc><geocode><valueName>x</valueName><value>{grid}</value></geocode></area>"
        "</info></alert>"
    )


def test_the_office_relays_and_the_worker_has_seen_it(doors, browser, tmp_path: Path):
    worker = browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    me = worker.driver.execute_script("return document.documentElement.dataset.sub")
    features = worker.fetch("/v1/plan")["features"]
    grid = next(f["properties"]["code"] for f in features if f["properties"].get("worker") == me)
    name = f"w-{secrets.token_hex(4)}"
    file = tmp_path / "warning.xml"
    file.write_text(warning(name, grid), encoding="utf-8")

    office = browser(DESK)
    office.go(f"{doors.console}/enter/staff")
    office.go(f"{doors.console}/alerts")
    office.click("details.issue summary")
    broken = tmp_path / "broken.xml"
    broken.write_text(warning(name, grid)[:300], encoding="utf-8")
    office.see("#upload input[type=file]").send_keys(str(broken))
    office.click("#upload button.main")
    assert "不是完整的 XML" in office.text(".toast.bad")
    assert all(" 409 " in complaint for complaint in office.complaints())
    office.see("#upload input[type=file]").send_keys(str(file))
    office.click("#upload button.main")
    office.wait(lambda: f"暴雨红色预警 {name}" in office.text("#works"), "the warning")
    assert "市气象台" in office.text("#works")

    worker.go(f"{doors.console}/mine")
    worker.click("#alerted a")
    worker.wait(lambda: name in worker.text("#works"), "the warning on the phone")
    worker.click("button[data-deed=AcknowledgeAlert]")
    office.wait(lambda: "已确认（" in office.text("#works"), "who has seen it, without a reload")

    office.click("#typed summary")
    office.see("#form [name=event]").send_keys("大风")
    office.click("#form [name=level] option[value=blue]")
    office.see("#form [name=issuer]").send_keys("区应急局")
    office.click(f"#form [name=areas] option[value='{grid}']")
    office.see("#form [name=warnings]").send_keys("阵风八级")
    office.see("#form [name=measures]").send_keys(f"远离广告牌 {name}")
    office.click("#form button.main")
    office.wait(lambda: f"远离广告牌 {name}" in office.text("#works"), "what was typed in")


def test_a_call_up_asks_the_area_that_was_chosen(doors, browser):
    """Each shift has an area of its own; whom the call-up may ask in the end is said once, above."""
    office = browser(DESK)
    office.go(f"{doors.console}/enter/staff")
    office.go(f"{doors.console}/call-ups")
    office.click("#issue summary")
    office.click("#call .shift-row select[name=area] option[value=HP-01]")
    area = office.see("#call select[name=area] option[value=hepan]")
    area.click()
    office.see("#call textarea[name=note]").send_keys("河边集合，带雨靴")
    office.click("#call button.main")
    said = office.wait(
        lambda: next((each.text for each in office.all(".call-up") if "河边集合，带雨靴" in each.text), None),
        "the call-up",
    )
    assert area.get_attribute("textContent") in said.splitlines()[0]
