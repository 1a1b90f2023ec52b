"""One form for texts that a reader would call the same, and the masks that hide or level what identifies someone.

Choices:

- Character references (`&#160;`, `&quot;`) become their characters: they are leftovers of web pages.
- Unicode NFKC: full-width letters and digits, compatibility ideographs and Chinese commas become their plain forms.
  The teacher's tokeniser does the same, so that teacher and student read one text.
- Control, format, private-use, surrogate and unassigned characters and U+FFFD go; they carry no meaning, and some of
  them (zero-width spaces) serve to slip past filters. Tabs and line ends count as white space.
- A run of white space becomes one space; none stays at the ends. Case, punctuation and emoji stay.
"""

from __future__ import annotations

import html
import re
import unicodedata

REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
LINK = re.compile(
    r"(?:(?:https?://|www\.)[^\s\u2e80-\uffff]"
    r"|(?<![a-z0-9-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org)(?![a-z0-9]))[^\s\u2e80-\uffff]*"
)
HANDLE = re.compile(r"@(?:[a-z0-9_-]+|\w{1,16}(?!\w))")
DIGITS = re.compile(r"\d+")
LONG_DIGITS = re.compile(r"\d{5,}")
HAN = r"[\u4e00-\u9fff]"
NAMES = re.compile(
    rf"(?<=尊敬的){HAN}{{2,4}}?(?<![户客员主长友者人])(?=您|你)|{HAN}{{1,2}}(?=先生|女士|小姐)|{HAN}{{2,9}}?(?=铁路客服)"
)
"""Names where a form of address tells them: before Mr or Ms, in a salutation (`尊敬的用户` is none), and the passengers
that a railway's message lists before its signature. Rather too much than too little."""
REMOVED = {"Cc", "Cf", "Co", "Cs", "Cn"}


class _Characters(dict[int, str]):
    """For `str.translate`: what each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isspace():
            becomes = " "
        else:
            becomes = "" if character == "\ufffd" or unicodedata.category(character) in REMOVED else character
        self[code] = becomes
        return becomes


CHARACTERS = _Characters()


def normalise(text: str) -> str:
    """Return the one form of `text`; empty when no letter and no digit is left."""
    text = REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)
    text = " ".join(unicodedata.normalize("NFKC", text).translate(CHARACTERS).split())
    return text if any(map(str.isalnum, text)) else ""


def skeleton(text: str) -> str:
    """What is left of a normalised text for comparing: lower case, links, handles and numbers levelled, signs dropped.

    A link is `L`, a handle `H`, a number `0`: marks in capitals, which no lower-case text has.
    """
    text = LINK.sub(" L ", text.lower())
    text = HANDLE.sub(" H ", text)
    text = DIGITS.sub("0", text)
    return "".join(filter(str.isalnum, text))


def mask_persons(text: str) -> str:
    """For readers: hide names beside a form of address, and runs of five or more digits, as of telephones."""
    for pattern in (LONG_DIGITS, NAMES):
        text = pattern.sub(lambda run: "•" * len(run[0]), text)
    return text
