"""What messages say and which replies are offered, in a real browser: written at the desk, sent by a worker on a phone."""

import secrets

from tests.fixtures.browser import DESK, PHONE


def test_a_text_is_looked_at_in_both_languages_before_it_is_saved(doors, browser):
    desk = browser(DESK)
    desk.go(f"{doors.console}/enter/staff")
    desk.go(f"{doors.console}/templates")
    desk.click("[data-template='sms.reporter.accepted']")
    field = desk.see("#text-zh")
    assert "字" in desk.text("[data-preview=zh]")
    field.clear()
    field.send_keys("【{sender}】{code}在办了：{url}{phone}")
    desk.wait(lambda: "phone" in desk.text("[data-preview=zh]"), "why it is refused")
    assert not desk.see("#save").is_enabled()
    field.clear()
    word = secrets.token_hex(3)
    field.send_keys(f"【{{sender}}】{{code}}在办了 {word}：{{url}}")
    desk.wait(lambda: word in desk.text("[data-preview=zh]"), "how it looks")
    desk.wait(lambda: desk.see("#save").is_enabled(), "that it can be saved")
    desk.click("#save")
    desk.wait(lambda: word in desk.text("#rows"), "the new text in the list")


def test_a_worker_sends_the_reply_that_fits_with_one_tap(doors, browser):
    worker = browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    me = worker.driver.execute_script("return document.documentElement.dataset.sub")
    plan = worker.fetch("/v1/plan")["features"]
    building = next(f["properties"]["buildings"][0] for f in plan if f["properties"].get("worker") == me)
    resident = browser(PHONE)

    def report(text: str) -> str:
        resident.go(f"{doors.public}/report")
        resident.see("#text").send_keys(text)
        resident.click("label[for=category-parking]")
        resident.see("#building").send_keys(building)
        resident.see("#phone").send_keys("13800138066")
        resident.click("#send")
        code = resident.text("#new-code")
        worker.see(f'#mine [data-code="{code}"]')
        return code

    code = report("楼下停的车，昨晚车被划了，气死了")
    box = f'#mine [data-code="{code}"] .guidance'
    worker.click(f"{box} > summary")
    worker.wait(lambda: "车被划" in worker.text(box), "the words that called for it")
    report("有人把车停在消防通道上")
    assert "车被划" in worker.text(box), "what was being read is still open when the list has been drawn anew"
    worker.click(f"{box} [data-guidance=scratched_car]")
    worker.wait(lambda: "已发送" in worker.text(box), "that it was sent, where it was sent")
    staff = browser(DESK)
    staff.go(f"{doors.console}/enter/staff")
    staff.go(f"{doors.console}/#{code}")
    staff.wait(lambda: "参考答复" in staff.text("#dossier .story"), "what was sent, in the history")


def test_the_set_is_edited_and_tried_on_its_page(doors, browser):
    desk = browser(DESK)
    desk.go(f"{doors.console}/enter/staff")
    desk.go(f"{doors.console}/guidance")
    desk.see("[data-entry=gas]")
    desk.see("#said").send_keys("楼道里有很重的燃气味")
    desk.wait(lambda: "燃气味" in desk.text("#found"), "what it calls for")
    desk.click("#check")
    desk.wait(lambda: "可以启用" in desk.text("#outcome"), "that it can be adopted")
