"""Texts with known groups: what residents of an invented town say, many of them about the same thing."""
