"""Notices in a real browser: written, looked at, sent, watched until they are out, and read by whoever has the address."""

import secrets

from tests.fixtures.browser import DESK, PHONE


def test_a_notice_is_written_previewed_sent_and_read(doors, browser):
    desk = browser(DESK)
    desk.go(f"{doors.console}/enter/staff")
    desk.go(f"{doors.console}/notices")
    title = f"停水通知 {secrets.token_hex(3)}"
    desk.click("#write summary")
    desk.see("#form [name=title]").send_keys(title)
    desk.see("#form [name=text]").send_keys("明日九时停水，请提前储水。")
    desk.click("#form [name=everyone]")
    desk.click("#form [value=resident]")
    desk.click("#form [value=worker]")
    desk.click("#form [name=preview]")
    desk.wait(lambda: title in desk.text("#previewed"), "the preview")
    desk.click("#previewed button.main")
    card = "#works article[data-stage=finished]"
    desk.wait(lambda: any(title in each.text for each in desk.all(card)), "the notice is out")
    notice = next(each for each in desk.all(card) if title in each.text).get_attribute("data-id")

    resident = browser(PHONE)
    resident.go(f"{doors.public}/n/{notice}")
    assert resident.text("h1") == title
    assert resident.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
