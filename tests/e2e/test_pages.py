"""The pages in a real browser, on a real stack: what residents and staff see, and that it moves by itself."""

import secrets

import pytest
from PIL import Image

from tests.fixtures.browser import DESK, PHONE


def test_one_request_from_the_form_to_the_resident_s_word_while_the_director_watches(
    doors, browser, tmp_path
):
    """A resident reports, the worker accepts and resolves, the resident rates; the ledger shows it without a reload."""
    worker = browser(PHONE)
    worker.go(f"{doors.console}/enter/worker")
    me = worker.driver.execute_script("return document.documentElement.dataset.sub")
    mine = [
        f["properties"] for f in worker.fetch("/v1/plan")["features"] if f["properties"].get("worker") == me
    ]
    assert worker.text("h1") == "我的事项"

    director = browser(DESK)
    director.go(f"{doors.console}/enter/director")
    director.go(f"{doors.console}/?order=newest")
    director.see("#link[data-state=on]")
    director.see("#map path.grid")
    director.driver.execute_script("window.sameWindow = true")

    resident = browser(PHONE)
    resident.go(f"{doors.public}/")
    resident.click("#door-resident")
    words = f"楼道的灯不亮了，麻烦来看看（{secrets.token_hex(4)}）"
    resident.see("#text").send_keys(words)
    resident.click("label[for=category-streetlight]")
    resident.see("#building").send_keys(mine[0]["buildings"][0])
    taken = tmp_path / "lamp.png"
    Image.new("RGB", (40, 30), "grey").save(taken)
    resident.all("#pictures")[0].send_keys(str(taken))
    resident.see("#chosen canvas")
    resident.click("#send")
    code = resident.text("#new-code")
    resident.wait(lambda: "照片已收到" in resident.text("#toasts"), "the picture is there")
    assert code not in resident.driver.current_url

    row = "#rows td.code a"
    director.wait(lambda: any(each.text == code for each in director.all(row)), f"{code} in the ledger")
    director.wait(lambda: words in director.text("#rows"), "its words")

    card = f'#mine [data-code="{code}"]'
    worker.click(f"{card} [data-action=accept]")
    worker.click(f"{card} [data-action=resolve]")
    worker.see("dialog[open] textarea").send_keys("灯已换好。")
    worker.click("dialog[open] button.main")
    worker.lose(card)

    resident.click("#follow")
    resident.see("#status .s-resolved")
    resident.wait(lambda: resident.text("#outcome") == "灯已换好。", "what was done, in the worker's words")
    resident.click("label[for=solved-yes]")
    resident.click("label[for=star-5]")
    resident.see("#comment").send_keys("谢谢，很快。")
    resident.click("#rate button")
    resident.see("#status .s-closed")

    def closed() -> bool:
        mine = [each for each in director.all("#rows tr") if code in each.text]
        return bool(mine) and "结案" in mine[0].text

    director.wait(closed, "结案 in the ledger")
    assert director.driver.execute_script("return window.sameWindow")

    [link] = [each for each in director.all(row) if each.text == code]
    link.click()
    director.wait(lambda: "灯已换好。" in director.text("#dossier"), "what the worker did")
    story = director.text("#dossier .story")
    told = ("居民评价", "办结", "签收", "派单至", "居民提交")
    assert [word for word in told if word in story] == list(told)


def test_a_code_alone_reads_and_allows_nothing(doors, browser):
    """Whoever finds the code sees how far it is, and can only say: I have it, too. Whose it is adds to it, also from a
    cellar: what was typed stays until it got through.
    """
    resident = browser()
    resident.go(f"{doors.public}/report")
    resident.see("#text").send_keys("梧桐树枝碰到窗户了")
    resident.click("label[for=category-greenery]")
    resident.click("label[for=way-address]")
    resident.see("#address").send_keys("菜场北门旁边")
    resident.click("#send")
    code = resident.text("#new-code")
    resident.go(f"{doors.public}/r/{code}")
    resident.click("#amend")
    resident.see("#more").send_keys("三楼的窗户")
    resident.driver.set_network_conditions(offline=True, latency=0, throughput=0)
    resident.click("#amending button.main")
    assert resident.text("#amending .note.bad") == "连不上服务器，请检查网络。"
    resident.driver.delete_network_conditions()
    resident.click("#amending button.main")
    resident.wait(lambda: "您补充了说明" in resident.text("#story"), "the words, typed once")
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in resident.complaints())

    stranger = browser()
    stranger.go(f"{doors.public}/")
    stranger.see("#code").send_keys(code.lower())
    stranger.click("#lookup button")
    stranger.see("#status .chip")
    stranger.see("#reading")
    pressed = [each for each in stranger.all("#request button") if each.is_displayed()]
    assert all(each.find_elements("xpath", "ancestor-or-self::*[@id='support']") for each in pressed)


def test_every_page_of_a_role_can_be_reached_from_the_bar(doors, browser):
    """What does not fit into the bar stands behind one button of it, on a phone, too."""
    director = browser(PHONE)
    director.go(f"{doors.console}/enter/director")
    director.see(".nav a")
    hidden = {each.get_attribute("href") for each in director.all(".nav .rest a")}
    assert hidden
    for address in sorted(hidden):
        director.click(".nav .rest summary")
        director.click(f'.nav .rest a[href="{address.removeprefix(doors.console)}"]')
        director.wait(lambda address=address: director.driver.current_url == address, f"{address} opens")
        director.see("h1")


def test_a_form_without_words_says_what_is_missing_and_sends_nothing(doors, browser):
    resident = browser(PHONE)
    resident.go(f"{doors.public}/report")
    resident.see("#categories label")
    resident.click("#send")
    assert resident.text("#text-wrong") == "请写一句发生了什么。"
    assert resident.driver.switch_to.active_element.get_attribute("id") == "text"
    assert not resident.see("#asking").get_attribute("hidden")


def test_triage_is_assigned_by_hand_and_a_refusal_is_told_in_words(doors, browser):
    """No place was given: staff choose the grid. What the rules decline is said in Chinese, not as a slug."""
    resident = browser()
    resident.go(f"{doors.public}/report")
    resident.see("#text").send_keys("想问问居住证怎么续办")
    resident.click("label[for=category-policy]")
    resident.click("label[for=way-nowhere]")
    resident.click("#send")
    code = resident.text("#new-code")

    secretary = browser()
    secretary.go(f"{doors.console}/enter/staff")  # no community's secretary sees what lies in none
    secretary.go(f"{doors.console}/#{code}")
    secretary.see("#dossier .s-triage")
    stale = browser()
    stale.go(f"{doors.console}/enter/director")
    stale.go(f"{doors.console}/#{code}")
    stale.click("#dossier [data-action=assign]")
    stale.see("dialog[open] select")

    secretary.click("#dossier [data-action=decline]")
    secretary.see("dialog[open] textarea").send_keys("请到派出所办理。")
    secretary.click("dialog[open] button.main")
    secretary.see("#dossier .s-declined")
    assert "不予受理" in secretary.text("#dossier .story")

    stale.click("dialog[open] button.main")
    assert "已经结束了" in stale.text(".toast.bad")
    assert "不予受理" in stale.text("#dossier .note.sun")
    assert all(" 409 " in complaint for complaint in stale.complaints())


NAMELESS = """
    const named = (each) => each.labels?.length || each.ariaLabel || each.textContent.trim() || each.title
    const used = document.querySelectorAll("main :is(input, select, textarea, button, a)")
    return [...used].filter((each) => each.checkVisibility() && !named(each)).map((each) => each.outerHTML)
"""

TOO_SMALL_FOR_A_THUMB = """
    const pressed = document.querySelectorAll("main :is(button, .button, summary, select), .nav a, .nav summary, .aside a")
    const small = (each) => each.checkVisibility() && each.getBoundingClientRect().height < 44
    return [...pressed].filter((each) => small(each) && !each.closest(".swagger")).map((each) => each.outerHTML.slice(0, 99))
"""

PAGES = [
    *[
        ("public", page, None)
        for page in ("/", "/report", "/wishes", "/b", "/docs", "/r/0000000000000", "/nowhere")
    ],
    *[("console", page, "worker") for page in ("/mine", "/")],
    *[
        ("console", page, "director")
        for page in ("/", "/figures", "/topics", "/wishes", "/bulletins", "/outbox")
    ],
    *[("console", page, "secretary") for page in ("/preferences", "/notices", "/people")],
    ("console", "/operations", "operator"),
    *[("console", page, None) for page in ("/login", "/nowhere")],
]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_its_screen_and_names_what_can_be_used(doors, browser, size):
    """No page scrolls sideways, has a field without a label, or no main heading; on a phone a thumb finds what to press."""
    one = browser(size)
    for door, page, role in PAGES:
        if role:
            one.go(f"{doors.console}/enter/{role}")
        one.go(getattr(doors, door) + page)
        one.see("h1, h2")
        assert one.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), page
        assert len(one.all("h1:not([hidden] *)")) >= 1, page
        assert one.driver.execute_script(NAMELESS) == [], page
        assert size == DESK or one.driver.execute_script(TOO_SMALL_FOR_A_THUMB) == [], page
    missing = [
        line
        for line in one.complaints()
        if "/r/" not in line and "/nowhere" not in line and "/v1/requests/0000000000000" not in line
    ]
    assert missing == []


def test_english_stands_beside_chinese_and_is_remembered(doors, browser):
    one = browser(DESK, "en")
    one.go(f"{doors.public}/")
    assert one.text("#door-resident b") == "Resident"
    one.click("a[hreflang=zh]")
    one.wait(lambda: one.text("#door-resident b") == "居民", "Chinese")
    one.go(f"{doors.public}/report")
    assert one.text("h1") == "反映一件事"
