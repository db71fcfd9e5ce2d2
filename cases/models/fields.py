"""Validators shared by the tables."""

from django.core.validators import RegexValidator

ascii_slug = RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", "只能用小写英文字母、数字和单个连字符，例如 abc-shenzhen。")
case_code = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*-\d{4,}(?:-r\d+)?\Z",
    "案例编号形如 sz2020-0103：案例集、两位章号、两位以上序号；修订稿后面加 -r1。",
)
