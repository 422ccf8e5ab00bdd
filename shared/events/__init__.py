"""Every fact that a journal of ours can hold: one module for each noun, found by itself.

Class names and field names are storage formats: a golden file of each stands in tests/contract/golden and must
parse for ever. A new field is optional with a default; a new meaning is a new class.
"""

from importlib import import_module
from pkgutil import iter_modules

from shared.events.event import CATALOGUE

__all__ = ["CATALOGUE"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
