"""How texts are written: one spelling, and runs of Chinese characters or of letters."""

import re
import unicodedata

HAN = "㐀-鿿豈-﫿"
RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def is_han(run: str) -> bool:
    return run[0] >= "㐀"
