"""The chat groups of a grid: several, each with its address; what is closed can be opened again."""

import pytest
from pydantic import ValidationError

from shared.commands.chat_group import CloseChatGroup, SetChatGroup
from shared.events.chat_group import ChatGroupClosed, ChatGroupSet
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)


def wish(model, **said):
    who = {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT, "group": "g1"}
    return model.model_validate(who | said)


def setting(**said):
    return wish(SetChatGroup, **({"grid": "WT-01", "name": "一号楼群", "address": "wecom:wt-1"} | said))


stands = ChatGroupSet(grid="WT-01", name="一号楼群", address="wecom:wt-1", at=AT)
closed = ChatGroupClosed(at=AT)


def test_a_group_is_set_changed_and_closed():
    given().when(setting()).then(stands).when(setting(address="person")).then(
        stands.model_copy(update={"address": "person"})
    ).when(wish(CloseChatGroup)).then(closed).when(setting()).then(stands)


def test_a_group_stays_with_its_grid():
    """Whoever reads an old delivery finds the grid that it went to."""
    given(stands).when(setting(grid="WT-02")).refused("group_of_another_grid")


def test_a_worker_sets_up_no_groups():
    given().when(setting(actor="worker:w1")).refused("not_for_workers")
    given(stands).when(wish(CloseChatGroup, actor="worker:w1")).refused("not_for_workers")


@pytest.mark.parametrize("address", ["", "wecom:", "群", "wecom:a b", "mail:a@x.cn,b@x.cn", "person:x y"])
def test_an_address_names_one_room_or_a_person(address):
    """Two recipients behind one address could be half reached, and nobody would know."""
    with pytest.raises(ValidationError):
        setting(address=address)
