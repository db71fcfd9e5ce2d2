"""What several tables share: validators, a manager by slug, and the one rule of what the public sees."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

PUBLISHED = "published"
BOOK = "book"

ascii_slug = RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", "只能用小写英文字母、数字和单个连字符，例如 abc-shenzhen。")
case_code = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*-\d{4,}(?:-r\d+)?\Z",
    "案例编号形如 sz2020-0103：案例集、两位章号、两位以上序号；修订稿后面加 -r1。",
)


class SlugManager(models.Manager):
    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)


def published_case(prefix: str = "") -> Q:
    """A condition on Case, or on a relation to it named ``prefix``: published, and its time has come."""
    lead = f"{prefix}__" if prefix else ""
    return Q(**{f"{lead}status": PUBLISHED, f"{lead}published_at__lte": timezone.now()})


def lines(text: str) -> list[str]:
    """The lines of a field that holds one thing a line, without blanks."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def person_name(user) -> str:
    """The family name first, as Chinese names are said; the name of the account where no other is known."""
    return f"{user.last_name}{user.first_name}" or user.get_username() if user else ""
