"""Records of people, dwellings, enterprises and facilities: their fields, what is odd in them, how one is made."""
