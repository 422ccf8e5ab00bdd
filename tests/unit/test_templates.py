"""Codes made from a feature's properties."""

import pytest

from lastmile.importing.template import Template
from lastmile.trouble import Trouble


@pytest.mark.parametrize(
    ("text", "properties", "code"),
    [
        ("{code}", {"code": " WT-01 "}, "WT-01"),
        ("{district_number:02d} {borough}", {"district_number": 1, "borough": "BRONX"}, "01 BRONX"),
        ("{district_number:02d} {borough!u}", {"district_number": "7", "borough": "Queens"}, "07 QUEENS"),
        ("{n:02d}", {"n": 3.0}, "03"),
        ("{n:03d}-{name!l}", {"n": "12", "name": "Hepan"}, "012-hepan"),
        ("{a.b}", {"a.b": "a property may have a dot"}, "a property may have a dot"),
        ("{{{code}}}", {"code": "x"}, "{x}"),
    ],
)
def test_a_code_is_made_of_what_the_feature_says(text, properties, code):
    assert Template(text).fill(properties) == code


@pytest.mark.parametrize(
    ("text", "properties", "why"),
    [
        ("{code}", {"name": "x"}, "no property 'code'"),
        ("{code}", {"code": None}, "no property 'code'"),
        ("{n:02d}", {"n": "one"}, "not a whole number"),
        ("{n!r}", {"n": "one"}, "!u and !l"),
        ("{n:q}", {"n": "one"}, "Unknown format code"),
    ],
)
def test_what_does_not_fit_says_why(text, properties, why):
    with pytest.raises(ValueError, match=why):
        Template(text).fill(properties)


@pytest.mark.parametrize("text", ["{", "{}", "nothing", "{0!}"])
def test_a_broken_template_is_told_before_the_import_starts(text):
    with pytest.raises(Trouble):
        Template(text)


@pytest.mark.parametrize("text", ["{code.__class__}", "{code[0]}", "{__init__}"])
def test_a_template_reaches_nothing_but_properties(text):
    with pytest.raises(ValueError, match="no property"):
        Template(text).fill({"code": "WT-01"})
