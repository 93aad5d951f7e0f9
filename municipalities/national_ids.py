"""National identity numbers in what people write: none is to be kept in the portal. Pure; the only home of the rule.

A number has eleven digits: day, month and year of birth, three digits, and two control digits. Known are
fødselsnummer, D-numbers (day + 40), H-numbers and test persons (month + 40), synthetic persons of Skatteetaten (month
+ 80; with a D-number too), with the control digits of today and those of numbers given from 2032 on, whose first
control digit may leave a remainder of 0 to 3 (Skatteetaten, «Nytt fødselsnummer fra 2032»). That the two controls hold
is what tells a number of a person from a case number: of eleven random digits with a date in front about one in thirty
passes.

A number that was found is never given back, logged or shown: the answers are yes or no, and a text with stars.
"""

from __future__ import annotations

import re
import unicodedata

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
STARS = "***********"
_GAP = r"[\s.\-\u2010-\u2015\u2212\u00ad\u200b/]{0,2}"
_CANDIDATE = re.compile(r"(?<!\d)(?:\d" + _GAP + r"){10}\d(?!\d)")


def is_national_id(digits: str) -> bool:
    """Whether eleven digits are a number that a person has, or could be given."""
    if len(digits) != 11 or not (digits.isascii() and digits.isdecimal()) or not _is_day(digits):
        return False
    numbers = [int(digit) for digit in digits]
    first = sum(weight * number for weight, number in zip(_FIRST, numbers, strict=False)) % 11
    second = sum(weight * number for weight, number in zip(_SECOND, numbers, strict=True)) % 11
    return first <= 3 and second == 0


def _is_day(digits: str) -> bool:
    """Whether the first four digits are a day of some year, as each kind of number writes it. The year itself is not
    looked at: what it says of the century has changed, and changes again in 2032."""
    day, month = int(digits[:2]), int(digits[2:4])
    day = day - 40 if day > 40 else day
    month = month % 20 if month > 40 else month  # 41-52, 61-72 and 81-92 are months of test persons
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def _plain(text: str) -> str:
    """The text with digits of other scripts as ASCII ones, character by character, so that places stay the same."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _spans(text: str) -> list[tuple[int, int]]:
    plain, found, start = _plain(text), [], 0
    while match := _CANDIDATE.search(plain, start):
        if is_national_id("".join(sign for sign in match[0] if sign.isdecimal())):
            found.append(match.span())
            start = match.end()
        else:
            start = match.start() + 1
    return found


def has_national_id(text: str) -> bool:
    """Whether the text holds a number of a person, also one written with spaces, points or strokes in it."""
    return bool(_spans(text))


def without_national_ids(text: str) -> str:
    """The text with stars for every number of a person: for what is written by the portal itself and never changed."""
    for begin, end in reversed(_spans(text)):
        text = text[:begin] + STARS + text[end:]
    return text
