"""Setting up and closing the chat groups of a grid (网格微群)."""

from pydantic import Field

from shared.commands.command import Command
from shared.events.chat_group import GroupName
from shared.words import Code, GroupAddress, Token


class SetChatGroup(Command, owner="notify", aggregate="chat_group", target="group"):
    group: Token = Field(description="chosen by whoever sets it up first")
    grid: Code
    name: GroupName
    address: GroupAddress


class CloseChatGroup(Command, owner="notify", aggregate="chat_group", target="group"):
    group: Token
