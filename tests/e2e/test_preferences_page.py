"""Choosing what one hears of, on a phone: a resident whose browser runs no script, and a worker on a page of the desk."""

import httpx

from tests.fixtures.browser import PHONE

SIDEWAYS = "return document.documentElement.scrollWidth <= innerWidth"


def test_a_resident_chooses_without_a_script_and_opts_out_and_in_again(doors, browser):
    """The page fits a phone, reads in English where it is asked for, and remembers what was said."""
    with httpx.Client(base_url=doors.public, trust_env=False, timeout=30) as door:
        body = {
            "text": "楼道灯坏了",
            "location": {"address": "青禾路6弄1号"},
            "reporter": {"name": "周", "phone": "13811112222"},
        }
        said = door.post("/v1/requests", json=body).json()
        bearer = {"authorization": f"Bearer {said['token']}"}
        path = f"/v1/requests/{said['code']}/preferences"
        page = ""
        one = browser(PHONE)

        def known() -> bool:
            nonlocal page
            answer = door.post(path, json={}, headers=bearer)
            page = answer.json().get("page", "")
            return answer.status_code == 200

        one.wait(known, "notify knows the number")
    one.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    one.go(doors.public + page)
    assert "接收消息" in one.text("h1")
    one.click('[name="on.hall.sms"]')
    one.click("form button.main")
    assert "已保存" in one.text("[role=status].note")
    assert not one.see('[name="on.hall.sms"]').is_selected()
    assert one.see('[name="on.requests.sms"]').is_selected()
    one.click('button[value="yes"]')
    assert "您已退订" in one.text("h2")
    one.click('button[value="no"]')
    assert not one.see('[name="on.hall.sms"]').is_selected(), "what was chosen before is kept"
    one.go(f"{doors.public}{page}?lang=en")
    assert "hear of" in one.text("h1")
    one.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    one.go(doors.public + page)
    one.see("h1")
    assert one.driver.execute_script(SIDEWAYS)
    one.go(doors.public + page[:-1] + "~")
    one.see("h1")
    assert len([line for line in one.complaints() if "404" not in line]) == 0


def test_a_worker_chooses_on_a_page_of_the_desk(doors, browser):
    one = browser(PHONE)
    one.go(f"{doors.console}/enter/worker")
    one.go(f"{doors.console}/preferences")
    one.click('[data-topic="hall"][data-channel="chat"]')
    one.click("#preferences button.main")
    one.see("#toasts > *")

    def kept() -> bool:
        off = one.fetch("/v1/preferences")["off"]
        return {"topic": "hall", "channel": "chat"} in off

    one.wait(kept, "the choice is kept")
    one.go(f"{doors.console}/preferences")
    assert not one.see('[data-topic="hall"][data-channel="chat"]').is_selected()
    assert one.driver.execute_script(SIDEWAYS)
