"""Values made comparable: what people write in several ways is written in one, in SQL that both engines read.

Each function takes SQL of a text in half width (`half_width`) and gives SQL of a text, NULL where there is nothing to
compare. Applied twice it gives the same as once.
"""

from __future__ import annotations

from collections.abc import Sequence

_WIDE = "".join(chr(each) for each in range(0xFF01, 0xFF5F)) + "\u3000"
_NARROW = "".join(chr(each - 0xFEE0) for each in range(0xFF01, 0xFF5F)) + " "

CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Of the Unified Social Credit Code: a character's place is its value (GB 32100-2015)."""
_CODE_LENGTH = len("91350100M000100Y43")
_LEAST_REGISTRATION = 6


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and spaces in half width; most texts have none, and need only a look."""
    return f"CASE WHEN REGEXP_LIKE({text}, '[！-～\u3000]') THEN {narrowed(text)} ELSE {text} END"


def narrowed(text: str) -> str:
    """The same for a text that is known to have some."""
    wide, narrow = _literal(_WIDE), _literal(_NARROW)
    return f"TRANSLATE({text}, {wide}, {narrow})"


def bare(text: str) -> str:
    """Letters and digits alone, in half width and lower case: for names and ids."""
    return _or_null(f"REGEXP_REPLACE(LOWER({text}), '[^\\p{{L}}\\p{{N}}]+', '', 'g')")


def email(text: str, nobodys: Sequence[str] = ()) -> str:
    """An e-mail address; NULL where it is none, or one that is typed in for want of any."""
    plain = f"REGEXP_REPLACE(LOWER({text}), '\\s+', '', 'g')"
    return _kept(plain, f"REGEXP_LIKE({plain}, '^[^@*]+@[^@*]+[.][^@*.]+$')", nobodys)


def phone(text: str, nobodys: Sequence[str] = ()) -> str:
    """A phone number as it is dialled in China, or with its country code and no plus sign elsewhere.

    NULL where it is masked, too short or long, one digit over and over, or one that is typed in for want of any.
    """
    digits = f"REGEXP_REPLACE({text}, '[^0-9]', '', 'g')"
    abroad = f"REGEXP_LIKE({digits}, '^(00)?(86)+1[0-9]{{10}}$')"
    mobile = f"CASE WHEN {abroad} THEN RIGHT({digits}, 11) ELSE {digits} END"
    dialled = f"REGEXP_REPLACE({mobile}, '^00+', '')"
    shaped = f"REGEXP_LIKE({dialled}, '^[0-9]{{7,15}}$') AND NOT REGEXP_LIKE({dialled}, '^(86)+1[0-9]{{10}}$')"
    plain = f"NOT REGEXP_LIKE({text}, '[*xX#@]')"
    varied = f"REPLACE({dialled}, LEFT({dialled}, 1), '') <> ''"
    return _kept(dialled, f"{shaped} AND {plain} AND {varied}", nobodys)


def phone_ends(text: str) -> str:
    """The first three and last two digits of a Chinese mobile number, masked or not: what all masks show."""
    shown = f"REGEXP_REPLACE({text}, '[^0-9*]', '', 'g')"
    abroad = f"REGEXP_LIKE({shown}, '^(00)?86[0-9*]{{11}}$')"
    number = f"CASE WHEN {abroad} THEN RIGHT({shown}, 11) ELSE {shown} END"
    fits = f"REGEXP_LIKE({number}, '^1[0-9]{{2}}[0-9*]{{6}}[0-9]{{2}}$')"
    return f"CASE WHEN {fits} THEN CONCAT(LEFT({number}, 3), RIGHT({number}, 2)) END"


def credit_code(text: str) -> str:
    """A Unified Social Credit Code whose check digit is right, or another registration number of some length."""
    code = f"REGEXP_REPLACE(UPPER({text}), '[^0-9A-Z]', '', 'g')"
    letters = f"REGEXP_REPLACE({code}, '[0-9]', '', 'g')"
    other = f"LENGTH({code}) >= {_LEAST_REGISTRATION} AND LENGTH({code}) <> {_CODE_LENGTH} AND {code} <> {letters}"
    return f"CASE WHEN {is_credit_code(code)} OR ({other}) THEN {code} END"


def is_credit_code(code: str) -> str:
    """Whether a text in capitals is a credit code with the right check digit (GB 32100-2015, section 4.4)."""
    weight, terms = 1, []
    for place in range(1, _CODE_LENGTH):
        terms.append(f"(STRPOS({_literal(CODE_CHARACTERS)}, SUBSTRING({code}, {place}, 1)) - 1) * {weight}")
        weight = weight * 3 % len(CODE_CHARACTERS)
    check = f"STRPOS({_literal(CODE_CHARACTERS)}, SUBSTRING({code}, {_CODE_LENGTH}, 1)) - 1"
    shaped = f"REGEXP_LIKE({code}, '^[{CODE_CHARACTERS}]{{{_CODE_LENGTH}}}$')"
    return f"({shaped} AND MOD({' + '.join(terms)} + {check}, {len(CODE_CHARACTERS)}) = 0)"


def company(text: str, legal_forms: Sequence[str]) -> str:
    """The name of a firm without its legal form, spaces and punctuation."""
    words = _words(text)
    latin = "|".join(sorted((each for each in legal_forms if each.isascii()), key=len, reverse=True))
    others = "|".join(sorted((each for each in legal_forms if not each.isascii()), key=len, reverse=True))
    stem = f"REGEXP_REPLACE({words}, '( ({latin}))+$', '')" if latin else words
    joined = f"REPLACE({stem}, ' ', '')"
    return _or_null(f"REGEXP_REPLACE({joined}, '({others})+$', '')" if others else joined)


def is_company(text: str, legal_forms: Sequence[str]) -> str:
    """Whether a name ends in a legal form."""
    words = _words(text)
    latin = [f" {each}" for each in legal_forms if each.isascii()]
    others = [each for each in legal_forms if not each.isascii()]
    return f"REGEXP_LIKE({words}, '.({'|'.join((*latin, *others))})$')"


def _words(text: str) -> str:
    """Words in lower case with one space between them."""
    spaced = f"REGEXP_REPLACE(LOWER({text}), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')"
    return f"TRIM({spaced})"


def _kept(value: str, condition: str, nobodys: Sequence[str]) -> str:
    listed = ", ".join(_literal(each) for each in nobodys)
    known = f" AND NOT {value} IN ({listed})" if nobodys else ""
    return f"CASE WHEN {condition}{known} THEN {value} END"


def _or_null(value: str) -> str:
    return f"NULLIF({value}, '')"


def _literal(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
