"""Kinds of columns: each knows what it shows of an item (``get``, ``cell``), what the text of a cell means (``read``), how a
value is worded in the plan (``show``), and how it is written (``set``). Pure but for the items it is handed."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from cases.sheets.escaping import one_newline

YES, NO = "是", "否"
READ_AS_YES = {"是", "√", "对", "有", "y", "yes", "true", "1"}
READ_AS_NO = {"", "否", "×", "x", "不", "无", "n", "no", "false", "0"}
WHOLE_MAX = 32_767
DECIMAL_PLACES = 4
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Column:
    """One column: ``name`` is the field, ``heading`` what stands on top, ``help`` what the guide says of it."""

    name: str
    heading: str
    width: int = 14
    help: str = ""

    is_read = True
    is_many_to_many = False  # to be set once the item is saved
    choices = ()  # offered in a drop-down list, besides those the lookup has for the name

    def get(self, item: models.Model) -> Any:
        """Return the value that ``read`` compares with and ``set`` writes."""
        return getattr(item, self.name)

    def set(self, item: models.Model, value: Any) -> None:
        setattr(item, self.name, value)

    def cell(self, value: Any) -> Any:
        """Turn a value into what a cell holds: text, a number, or None."""
        return value

    def show(self, value: Any) -> str:
        """Word a value for a person; None is that of a new item."""
        return "" if value is None else str(value)

    def read(self, text: str, old: Any, model: type[models.Model], lookup: Any) -> Any:
        """Return the value that ``text`` stands for, ``old`` where nothing changes; raise ``ValidationError``."""
        raise NotImplementedError


class Text(Column):
    """Text as long as the model's field allows, with one kind of line break and no blanks around it."""

    def read(self, text: str, old: str | None, model: type[models.Model], lookup: Any) -> str:
        value, field = one_newline(text).strip(), model._meta.get_field(self.name)
        if old is not None and one_newline(old).strip() == value:
            return old  # differs only in what a spreadsheet cannot keep
        found = CONTROL.search(value)
        if found:
            raise ValidationError(f"有看不见的控制字符（U+{ord(found.group()):04X}），请删掉")
        if field.max_length and len(value) > field.max_length:
            raise ValidationError(f"太长：{len(value)} 字，最多 {field.max_length} 字")
        if not value and not field.blank:
            raise ValidationError("不能空着")
        if "\n" in value and not isinstance(field, models.TextField):
            raise ValidationError("只能写一行，请去掉换行")
        return value


class Whole(Column):
    """A whole number; an empty cell leaves it as it is."""

    def read(self, text: str, old: int | None, model: type[models.Model], lookup: Any) -> int | None:
        value = whole_number(text)
        return old if value is None else value


class Number(Column):
    """A decimal number without its unit."""

    def show(self, value: Decimal | None) -> str:
        return "" if value is None else f"{Decimal(value).normalize():f}"

    def read(self, text: str, old: Decimal | None, model: type[models.Model], lookup: Any) -> Decimal | None:
        plain = _without_blanks(text).removesuffix("%")
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):  # 12，6 is no 126
            plain = plain.replace(",", "")
        if not plain:
            return None
        if not re.fullmatch(r"[+-]?\d{1,40}(\.\d{1,40})?", plain):
            raise ValidationError(f"“{text.strip()[:20]}”不是数；“约”“超”和单位写在“数值”和“单位”里，不是数就留空")
        value = Decimal(plain)
        if abs(value) >= Decimal(10) ** 16:
            raise ValidationError(f"“{text.strip()[:20]}”太大，请换一个大些的单位")
        if value != round(value, DECIMAL_PLACES):
            raise ValidationError(f"“{text.strip()[:20]}”的小数超过 {DECIMAL_PLACES} 位")
        return value


class Amount(Number):
    """A whole number as large as an amount of money is; an empty cell empties it."""

    def read(self, text: str, old: int | None, model: type[models.Model], lookup: Any) -> int | None:
        value = super().read(text, old, model, lookup)
        if value is not None and (value < 0 or value != int(value)):
            raise ValidationError(f"“{text.strip()[:20]}”不是整数")
        return None if value is None else int(value)


class Flag(Column):
    """Yes or no."""

    choices = (YES, NO)

    def cell(self, value: bool) -> str:
        return YES if value else NO

    def show(self, value: bool | None) -> str:
        return "" if value is None else self.cell(value)

    def read(self, text: str, old: bool | None, model: type[models.Model], lookup: Any) -> bool:
        plain = _without_blanks(text).casefold()
        if plain in READ_AS_YES:
            return True
        if plain in READ_AS_NO:
            return False
        raise ValidationError(f"“{text.strip()[:20]}”看不懂，请写“是”或“否”")


@dataclass(frozen=True)
class Choice(Column):
    """One of the choices of the model's field, by its Chinese label; ``labels`` are those of the field."""

    labels: tuple[tuple[str, str], ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(label for _, label in self.labels)

    def cell(self, value: str) -> str:
        return dict(self.labels)[value]

    def show(self, value: str | None) -> str:
        return "" if value is None else self.cell(value)

    def read(self, text: str, old: str | None, model: type[models.Model], lookup: Any) -> str:
        plain = _without_blanks(text)
        found = next((value for value, label in self.labels if plain in (label, value)), None)
        if found is None:
            said = f"“{text.strip()[:20]}”看不懂" if plain else "不能空着"
            raise ValidationError(f"{said}，请写：{'、'.join(self.choices)}")
        return found


@dataclass(frozen=True)
class Reference(Column):
    """Another object, by any of its names; ``attribute`` is the name that is exported, ``str`` where it has none."""

    attribute: str = "name"

    def cell(self, value: models.Model) -> str:
        return getattr(value, self.attribute) if self.attribute else str(value)

    def read(self, text: str, old: Any, model: type[models.Model], lookup: Any) -> models.Model:
        if not text.strip():
            raise ValidationError("不能空着")
        return lookup.find(self.name, text.strip())


class Terms(Column):
    """The terms of one facet, which is the column's name."""

    is_many_to_many = True

    def get(self, item: models.Model) -> list:
        return sorted(
            (term for term in item.terms.all() if term.facet == self.name), key=lambda term: (term.order, term.slug)
        )

    def set(self, item: models.Model, value: list) -> None:
        item.terms.set([*(term for term in item.terms.all() if term.facet != self.name), *value])

    def cell(self, value: list) -> str:
        """Put 、 between the names, or one a line where a name has a separator inside."""
        names = [term.name for term in value]
        return ("\n" if any(sign in name for name in names for sign in "、；;") else "、").join(names)

    def show(self, value: list | None) -> str:
        return self.cell(value or [])

    def read(self, text: str, old: list | None, model: type[models.Model], lookup: Any) -> list:
        return lookup.find_terms(self.name, text)


class Documents(Column):
    """The official documents a case refers to, by their whole titles in 《》."""

    is_many_to_many = True

    def get(self, item: models.Model) -> list:
        return sorted(item.documents.all(), key=lambda document: document.title)

    def set(self, item: models.Model, value: list) -> None:
        item.documents.set(value)

    def cell(self, value: list) -> str:
        return "、".join(map(str, value))

    def show(self, value: list | None) -> str:
        return self.cell(value or [])

    def read(self, text: str, old: list | None, model: type[models.Model], lookup: Any) -> list:
        return lookup.find_documents(text)


@dataclass(frozen=True)
class Info(Column):
    """Written for the reader's sake and never read back."""

    source: Callable[[Any], str] = str

    is_read = False

    def get(self, item: models.Model) -> str:
        return self.source(item)


class Key(Info):
    """Says which case the row is of; read by the plan itself."""

    is_read = True


def whole_number(text: str) -> int | None:
    """Read a whole number, None where nothing stands; raise ``ValidationError``."""
    plain = _without_blanks(text)
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,6}(\.0+)?", plain) or int(float(plain)) > WHOLE_MAX:
        raise ValidationError(f"“{text.strip()[:20]}”不是 0 到 {WHOLE_MAX} 之间的整数")
    return int(float(plain))


def _without_blanks(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
