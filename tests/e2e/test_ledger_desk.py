"""The ledger and the forms of the desk in a real browser: words, filters, a saved view and a file; nothing lost under the hand."""

from tests.fixtures.browser import DESK, PHONE


def test_a_director_searches_filters_keeps_a_view_and_takes_the_rows_as_a_file(doors, browser, tmp_path):
    """What the page shows stands in its address; the view brings it back; the file has the same rows."""
    resident = browser(PHONE)
    resident.go(f"{doors.public}/report")
    story = "儿童乐园的滑梯裂了一道口子"
    resident.see("#text").send_keys(story)
    resident.click("label[for=category-greenery]")
    resident.click("label[for=way-address]")
    resident.see("#address").send_keys("菜场北门旁边")
    resident.click("#send")
    resident.see("#new-code")
    director = browser(DESK)
    director.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    director.go(f"{doors.console}/enter/director")
    director.go(f"{doors.console}/?channel=web#?words=%E6%BB%91%E6%A2%AF%E8%A3%82")

    def found() -> bool:
        if [row.text for row in director.all("#rows .words span")] == [story]:
            return True
        director.driver.refresh()
        return False

    director.wait(found, "the row that was searched for")
    assert director.see("#filters [name=words]").get_attribute("value") == "滑梯裂"
    director.click("#save-view")
    director.see("#view-name").send_keys("乐园")
    director.click("dialog button.main")
    director.see("#views .view[aria-pressed=true]")
    director.go(f"{doors.console}/")
    director.wait(lambda: "channel=web" in director.driver.current_url, "the first view")
    director.wait(lambda: len(director.all("#rows tr")) == 1, "its one row")
    director.click("#take")
    director.see("#take-purpose").send_keys("安全隐患月报")
    director.driver.execute_script("document.querySelector('#take-form').value = 'csv'")
    director.click("dialog input[type=checkbox]")
    director.click("dialog button.main")
    files = director.wait(lambda: list(tmp_path.glob("ledger-*.csv")), "the file")
    assert story in files[0].read_text("utf-8-sig")
    director.click("#forget-view")
    director.lose("#views .view")


def test_nothing_is_taken_from_under_the_hand(doors, browser):
    """What a refusal declines can be mended, not typed again; a checklist keeps its ticks while a finding is noted."""
    staff = browser(DESK)
    staff.go(f"{doors.console}/enter/staff")
    staff.go(f"{doors.console}/mediations")
    staff.click("#acts [data-deed=OpenMediation]")
    staff.see("#deed-request").send_keys("0000000000000")
    staff.see("#deed-parties").send_keys("楼上楼下两家")
    staff.click("dialog[open] button.main")
    assert staff.text("dialog[open] .wrong")
    assert staff.see("#deed-parties").get_attribute("value") == "楼上楼下两家"
    assert all(" 404 " in complaint for complaint in staff.complaints())

    staff.go(f"{doors.console}/patrols")
    staff.click("#acts [data-deed=PlanPatrol]")
    staff.driver.execute_script("document.querySelector('#deed-due_at').value = '2035-06-01T09:00'")
    staff.click("dialog[open] button.main")
    staff.click(".work:has(.checks-list) .checks-list input")
    staff.click(".work:has(.checks-list input:checked) [data-deed=NoteFinding]")
    staff.see("#deed-note").send_keys("消防通道堆了杂物")
    staff.click("dialog[open] button.main")
    staff.wait(lambda: "消防通道堆了杂物" in staff.text("#works"), "what was found")
    assert staff.see(".checks-list input:checked")
