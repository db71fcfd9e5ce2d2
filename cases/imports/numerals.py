"""Numbers written in Chinese characters."""

DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10_000, "亿": 100_000_000}


def chinese_number(text: str) -> int | None:
    """三千 -> 3000, 二十四 -> 24, 一千二百万 -> 12000000; None for what is no number (三五, 百千)."""
    total = section = 0
    digit: int | None = None
    last_step = 10_000
    for sign in text:
        if sign in DIGITS:
            if digit:  # two digits side by side: 三五 is "three to five", 二〇二〇 a year
                return None
            digit = DIGITS[sign]
        elif sign in STEPS:
            if STEPS[sign] >= last_step:
                return None
            last_step = STEPS[sign]
            section += (1 if digit is None else digit) * STEPS[sign]
            digit = None
        elif sign in SCALES:
            total = (total + section + (digit or 0)) * SCALES[sign]
            section, digit, last_step = 0, None, 10_000
        else:
            return None
    return total + section + (digit or 0) if text else None
