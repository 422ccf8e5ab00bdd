"""The demo street 梧桐里街道: its grids, its people, what its residents say, and thirty days of its past."""
