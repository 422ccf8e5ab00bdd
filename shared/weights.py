"""What the three rates (三率) count in the figure made of them, in percent, where a policy says nothing else."""

from typing import Final

RESPONSE: Final = 30
RESOLUTION: Final = 40
SATISFACTION: Final = 30
