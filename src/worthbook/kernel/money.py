"""Money: exact decimals with four places, the same in every engine and file."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

DECIMAL_PLACES = 4
"""Money is stored as DECIMAL(18, 4): hundredths of a cent, up to 99 999 999 999 999."""

STORED_DIGITS = 18
"""Digits of an amount in a table."""

SUMMED_DIGITS = 28
"""Digits of a sum of amounts: ten thousand million of the largest amounts."""

LARGEST = Decimal(10) ** (STORED_DIGITS - DECIMAL_PLACES) - Decimal(1)

_STEP = Decimal(1).scaleb(-DECIMAL_PLACES)

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}


def to_money(value: Decimal | str | int) -> Decimal:
    """An exact amount with four places, halves rounded to even.

    >>> to_money("12.34565")
    Decimal('12.3456')
    """
    return Decimal(value).quantize(_STEP, rounding=ROUND_HALF_EVEN)


def symbol(currency: str) -> str:
    """The sign written before an amount; an unknown or empty currency has its code or nothing.

    >>> symbol("CNY"), symbol("CHF"), symbol("")
    ('¥', 'CHF ', '')
    """
    return SYMBOLS.get(currency, f"{currency} " if currency else "")
