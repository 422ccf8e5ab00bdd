"""A chat group that no program reaches, in a real browser: set up at the desk, told by a card, sent by a worker's tap."""

from tests.fixtures.browser import DESK, PHONE

TEXT = "傍晚有八级大风，请收好阳台上的东西。"
WARN = """
    const [words, grid, done] = arguments
    const now = new Date().toISOString()
    const form = {
      kind: "Alert", event: "大风", level: "orange", onset: now, sent: now, issuer: "区应急局", areas: [grid], warnings: words, measures: "远离广告牌。",
    }
    fetch("/v1/commands/RelayAlert", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ form }) }).then((answer) => done(answer.status))
"""


def test_from_the_desk_into_a_group_by_hand(doors, browser):
    """An orange warning: whatever hour it is, it passes quiet hours."""
    worker = browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    mine = worker.fetch("/v1/workers")
    sub = worker.driver.execute_script("return document.documentElement.dataset.sub")
    grid = mine[sub]["grids"][0]

    staff = browser(DESK)
    staff.go(f"{doors.console}/enter/staff")
    staff.go(f"{doors.console}/chat-groups")
    staff.click("#acts button.main")
    staff.click(f'dialog option[value="{grid}"]')
    staff.see("#deed-name").send_keys("一号楼老邻居群")
    staff.click('#deed-gateway option[value="person"]')
    staff.click("dialog button.main")
    staff.wait(lambda: "一号楼老邻居群" in staff.text("#groups"), "the group")
    card = next(each for each in staff.all("#groups article") if "一号楼老邻居群" in each.text)
    assert "网格员转发" in card.text
    assert staff.driver.execute_async_script(WARN, TEXT, grid) == 200

    worker.wait(lambda: worker.fetch("/v1/relay-cards")["items"], "the card")
    worker.go(f"{doors.console}/mine")
    worker.see("#relay-list .relay")
    assert TEXT in worker.text("#relay-list")
    worker.go(f"{doors.console}/relay-cards")
    worker.see(".relay")
    assert worker.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    worker.click(".relay [data-copy]")
    worker.see(".toast")
    worker.click(".relay button.main")
    worker.wait(lambda: "已转发" in worker.text("#relay-cards"), "the relay")
    worker.wait(lambda: "待转发 0，已转发 1" in worker.text("#relay-counts"), "the count")
