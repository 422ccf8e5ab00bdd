"""A bulletin in a real browser: counted at the desk, a line added, looked at, published, read on a phone, corrected."""

from tests.fixtures.browser import DESK, PHONE

LINE = "周六上午九点清理楼道，请把纸箱搬回家。"
MORE = "改在周日上午九点。"


def test_from_the_desk_to_a_resident_s_phone(doors, browser):
    director = browser(DESK)
    director.go(f"{doors.console}/enter/director")
    director.go(f"{doors.console}/bulletins")
    director.see("#draft [name=area] option")
    director.click("#draft select[name=span] option[value=month]")
    director.click("#draft button.main")
    director.see(".editor textarea[name=zh]")

    director.click('.editor [data-section="due"] > button')
    director.see('.editor [data-section="due"] li:last-child textarea[name=zh]').send_keys(LINE)
    director.click(".editor .publish button.main")
    assert "没保存" in director.text(".toast.bad"), "what is not saved is not published"
    save(director)
    director.click(".editor > .acts button:not(.main)")
    assert LINE in director.text(".editor .preview")
    director.click(".editor .publish button.main")
    address = director.see(".bulletin-card:has(.editor) a.button").get_attribute("href")

    resident = browser(PHONE)
    resident.go(address)
    assert LINE in resident.text("#bulletin .lines")
    assert not resident.all("#bulletin .corrected")

    line = director.see('.editor [data-section="due"] li:last-child textarea[name=zh]')
    line.send_keys(MORE)
    save(director)
    director.see(".editor .publish input[name=why]").send_keys("改了时间")
    director.click(".editor .publish button.main")
    director.wait(lambda: "第2版" in director.text(".bulletin-card:has(.editor)"), "the second edition")
    resident.go(address)
    assert "改了时间" in resident.text("#bulletin .corrected")
    assert MORE in resident.text("#bulletin .lines")

    resident.go(f"{doors.public}/b")
    resident.wait(
        lambda: any(each.get_attribute("href") == address for each in resident.all("#bulletins a")), "it"
    )


def save(director) -> None:
    """Saved is what the desk has read back: then there is something to publish."""
    before = director.see(".editor")
    director.click(".editor > .acts button.main")
    director.wait(lambda: director.see(".editor").id != before.id, "the saved text")
