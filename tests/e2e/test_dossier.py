"""One request at the desk, in a real browser: what is the same is joined and parted, and the work is shown."""

import secrets
from pathlib import Path

from PIL import Image

from tests.fixtures.browser import DESK, PHONE


def photo(path: Path, colour: str) -> Path:
    """As a phone takes it: larger than anybody needs."""
    Image.new("RGB", (2400, 1800), colour).save(path, "JPEG")
    return path


def report(resident, doors, words: str, building: str) -> str:
    """Say it as a resident does; return the code."""
    resident.go(f"{doors.public}/report")
    resident.see("#text").send_keys(words)
    resident.click("label[for=category-streetlight]")
    resident.see("#building").send_keys(building)
    resident.click("#send")
    return resident.text("#new-code")


def test_two_who_say_the_same_are_joined_and_the_work_is_shown_with_what_was_marked(doors, browser, tmp_path):
    """Staff see what is likely the same, join it with one tap and part it with a reason; the worker shows three pictures, marks
    one, and the resident sees that one alone.
    """
    worker = browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    me = worker.driver.execute_script("return document.documentElement.dataset.sub")
    grids = [feature["properties"] for feature in worker.fetch("/v1/plan")["features"]]
    building = next(grid for grid in grids if grid.get("worker") == me)["buildings"][0]
    mark = secrets.token_hex(4)
    resident, neighbour = browser(PHONE), browser(PHONE)
    code = report(resident, doors, f"{building}门口凉亭的灯坏了三天，晚上很黑（{mark}）", building)
    other = report(neighbour, doors, f"{building}门口凉亭灯不亮，晚上黑得很（{mark}）", building)

    staff = browser(DESK)
    staff.go(f"{doors.console}/enter/staff")
    staff.go(f"{doors.console}/#{code}")
    staff.see(f'#dossier .alike[data-code="{other}"]')
    staff.click(f'#dossier [data-join="{other}"]')
    staff.see(f'#dossier [data-part="{other}"]')
    assert "2 件诉求，2 人" in staff.wait(
        lambda: "2 人" in staff.text(".same-matter h3") and staff.text(".same-matter h3"), "two people"
    )
    staff.lose(f'#dossier [data-join="{other}"]')
    staff.click(f'#dossier [data-part="{other}"]')
    staff.see("dialog[open] textarea").send_keys("是另一盏灯")
    staff.click("dialog[open] button.main")
    staff.see(f'#dossier [data-join="{other}"]')
    staff.go(f"{doors.console}/#{other}")
    staff.wait(lambda: "是另一盏灯" in staff.text("#dossier .story"), "why it was parted")

    card = f'#mine [data-code="{code}"]'
    worker.click(f"{card} [data-action=accept]")
    worker.click(f"{card} [data-action=note]")
    worker.see("dialog[open] .button.pick")
    send = worker.see("dialog[open]").find_element("css selector", "input[type=file][multiple]").send_keys
    send(str(photo(tmp_path / "before.jpg", "black")))
    worker.see("dialog[open] .taken img")
    worker.click("dialog[open] button.main")
    worker.lose("dialog")
    worker.click(f"{card} [data-action=resolve]")
    worker.see("dialog[open] textarea").send_keys("灯换好了。")
    (tmp_path / "none.jpg").write_bytes(b"not a picture")
    send = worker.see("dialog[open]").find_element("css selector", "input[type=file][multiple]").send_keys
    for name, colour in (("lamp.jpg", "yellow"), ("neighbour.jpg", "blue")):
        send(str(photo(tmp_path / name, colour)))
    send(str(tmp_path / "none.jpg"))
    worker.wait(lambda: len(worker.all("dialog[open] .taken img")) == 2, "two pictures")
    assert "这不是能识别的照片" in worker.text("dialog[open] .taken .wrong")
    worker.see("dialog[open] .taken li:has(.wrong) button.bare").click()
    assert [each.is_selected() for each in worker.all("dialog[open] [name=shown]")] == [False, False]
    worker.click("dialog[open] .taken li:first-child [name=shown]")
    worker.click("dialog[open] button.main")
    worker.lose(card)
    assert all(" 422 " in complaint for complaint in worker.complaints())

    resident.click("#follow")
    resident.see("#status .s-resolved")
    resident.wait(lambda: len(resident.all("#work img")) == 1, "what the worker marked, alone")
    width = "return document.querySelector('#work img').naturalWidth"
    resident.wait(lambda: resident.driver.execute_script(width) == 1600, "drawn anew by the door")

    staff.go(f"{doors.console}/#{code}")
    staff.see("#dossier .story .pictures img")
    assert len(staff.all("#dossier .story .pictures img")) == 3
    assert "居民可见" in staff.text("#dossier .story")
