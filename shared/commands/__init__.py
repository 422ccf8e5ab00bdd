"""Every wish that one part of the house may send to the owner of an aggregate: one module for each noun."""

from importlib import import_module
from pkgutil import iter_modules

from shared.commands.command import CATALOGUE

__all__ = ["CATALOGUE"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
