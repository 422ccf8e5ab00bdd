"""Bringing in what others have: grids from GeoJSON, requests from tables. Doing it twice is doing it once."""
