"""A cell's text as the value of its column; raises ``SheetValueError`` where it has none."""

import re
import unicodedata
from decimal import Decimal

from django.db import models

from cases.actions.sheet_lookup import SheetValueError
from cases.exports.sheet_text import one_newline

WHOLE_MAX = 32_767
PLACES = 4
YES = {"是", "√", "对", "有", "y", "yes", "true", "1"}
NO = {"", "否", "×", "x", "不", "无", "n", "no", "false", "0"}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def text_value(field: models.Field, text: str) -> str:
    """Text with one kind of line break and no blanks around it, as the form of the staff desk keeps it."""
    value = one_newline(text).strip()
    found = CONTROL.search(value)
    if found:
        raise SheetValueError(f"有看不见的控制字符（U+{ord(found.group()):04X}），请删掉")
    if field.max_length and len(value) > field.max_length:
        raise SheetValueError(f"太长：{len(value)} 字，最多 {field.max_length} 字")
    if not value and not field.blank:
        raise SheetValueError("不能空着")
    if "\n" in value and not isinstance(field, models.TextField):
        raise SheetValueError("只能写一行，请去掉换行")
    return value


def whole_value(text: str) -> int | None:
    """A whole number, None where nothing stands."""
    plain = _plain(text)
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,6}(\.0+)?", plain) or int(float(plain)) > WHOLE_MAX:
        raise SheetValueError(f"“{text.strip()[:20]}”不是 0 到 {WHOLE_MAX} 之间的整数")
    return int(float(plain))


def number_value(text: str) -> Decimal | None:
    """A number without its unit, None where nothing stands."""
    plain = _plain(text).replace(",", "").removesuffix("%")
    if not plain:
        return None
    if not re.fullmatch(r"[+-]?\d{1,40}(\.\d{1,40})?", plain):
        raise SheetValueError(f"“{text.strip()[:20]}”不是数；“约”“超”和单位写在“数值”和“单位”里，不是数就留空")
    value = Decimal(plain)
    if abs(value) >= Decimal(10) ** 16:
        raise SheetValueError(f"“{text.strip()[:20]}”太大，请换一个大些的单位")
    if value != round(value, PLACES):
        raise SheetValueError(f"“{text.strip()[:20]}”的小数超过 {PLACES} 位")
    return value


def flag_value(text: str) -> bool:
    plain = _plain(text).casefold()
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise SheetValueError(f"“{text.strip()[:20]}”看不懂，请写“是”或“否”")


def same_text(old: str, new: str) -> bool:
    """Whether two texts differ only in what a spreadsheet cannot keep: kinds of line break, blanks around."""
    return one_newline(old).strip() == one_newline(new).strip()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
