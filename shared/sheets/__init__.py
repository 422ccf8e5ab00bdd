"""Tables that other offices send, as they stand: read within bounds, and written without touching what was not meant."""
