"""What superiors ask for: only missing cells are asked of people, once, and every asking is counted."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.routing.record.projection import BOOK
from services.routing.template.counting import counted
from shared.commands.record import CorrectRecord, RequestCells
from shared.commands.template import ReceiveTemplate
from shared.documents import blank, fold_in_order
from shared.envelope import History
from shared.events.record import CellsRequested, RecordCorrected, RecordEntered, RecordRemoved
from shared.events.template import TemplateReceived
from shared.records.gaps import missing
from tests.fixtures.facts import fact
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)
DUE = date(2026, 3, 20)
OFFICE = "民政办"


def command_for(model, **said):
    return model.model_validate({"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT} | said)


def entered(**said):
    return RecordEntered.model_validate({"kind": "person", "digest": "d1", "at": AT, "grid": "g1"} | said)


def request(template="t1", fields=("phone",), office=OFFICE):
    return command_for(RequestCells, record="p1", template=template, office=office, fields=fields, due_on=DUE)


def requested(template="t1", fields=("phone",), office=OFFICE):
    return CellsRequested(template=template, office=office, fields=fields, due_on=DUE, at=AT)


def test_a_cell_is_asked_for_once_by_one_template_and_again_by_another():
    given(entered()).when(request()).then(requested())
    given(entered(), requested()).when(request(fields=("phone", "born"))).then(requested(fields=("born",)))
    given(entered(), requested()).when(request("t2")).then(requested("t2"))


def test_nothing_is_asked_of_what_is_not_in_the_book():
    given().when(request()).refused("record_not_there")
    given(entered(), RecordRemoved(reason="deceased", at=AT)).when(request()).refused("record_not_there")


def test_a_correction_does_not_forget_who_asked():
    corrected = RecordCorrected(changed=("born",), digest="d2", at=AT)
    given(entered(), requested(), corrected).when(request()).then()


def test_asking_leaves_the_content_as_it_was_seen():
    """Whoever looked before the asking may still correct what was seen."""
    correct = command_for(CorrectRecord, record="p1", over="d1", changed=("phone",), digest="d3")
    given(entered(), requested()).when(correct).then(RecordCorrected(changed=("phone",), digest="d3", at=AT))


def test_a_template_is_received_once():
    said = {
        "office": OFFICE,
        "title": "h1",
        "kind": "person",
        "fields": ("phone",),
        "due_on": DUE,
        "records": 3,
    }
    received = TemplateReceived.model_validate(said | {"at": AT})
    receive = command_for(ReceiveTemplate, template="t1", **said)
    given().when(receive).then(received)
    given(received).when(command_for(ReceiveTemplate, template="t1", **said | {"records": 9})).then()


def book_after(*events):
    document = blank("demo", "p1")
    history = History("demo", "routing", "record", "p1")
    facts = [fact(history, number, event, revision=number) for number, event in enumerate(events, start=1)]
    assert not fold_in_order(document, facts, BOOK)
    return document["body"]


def test_a_cell_that_gets_filled_is_done_by_itself():
    """By a worker, an import or anybody: the task goes, and who asked stays in the history."""
    asked = (entered(filled=("name",)), requested(), requested("t2", ("phone", "born"), "公安办"))
    body = book_after(*asked)
    assert body["missing"] == ["phone", "born"]
    assert [ask["office"] for ask in body["asked"]["phone"]] == [OFFICE, "公安办"]
    told = RecordCorrected(changed=("phone",), filled=("name", "phone"), digest="d2", at=AT, grid="g1")
    assert book_after(*asked, told)["missing"] == ["born"]
    assert book_after(*asked, RecordRemoved(reason="moved_away", at=AT))["missing"] == []


def test_a_sound_id_number_tells_the_birthday_and_a_doubtful_one_does_not():
    assert missing(("born", "sex", "phone"), {}, ("id_number",), ()) == ["phone"]
    assert missing(("born",), {}, ("id_number",), ("id_number_wrong",)) == ["born"]
    assert missing(("address", "care", "notes"), {"building": "1号楼"}, ("unit",), ()) == []
    assert missing(("category",), {"category": None}, (), ()) == ["category"]


def ask(office, month, fields=("phone",), title="h1", care="独居"):
    at = datetime(2026, month, 1, 1, tzinfo=UTC)
    return {
        "office": office,
        "title": title,
        "kind": "person",
        "care": care,
        "fields": list(fields),
        "at": at,
    }


def test_how_often_the_same_is_asked_for():
    asks = [
        ask("民政办", 1),
        ask("民政办", 2),
        ask("老龄办", 2, ("phone", "born")),
        ask("民政办", 2, care=None),
    ]
    rows = counted(asks, ZoneInfo("Asia/Shanghai"))
    assert rows[0] == {
        "kind": "person",
        "care": "独居",
        "field": "phone",
        "times": 3,
        "offices": ["民政办", "老龄办"],
        "titles": 1,
        "months": {"2026-01": 1, "2026-02": 2},
    }
    assert [(row["care"], row["field"], row["times"]) for row in rows[1:]] == [
        (None, "phone", 1),
        ("独居", "born", 1),
    ]
