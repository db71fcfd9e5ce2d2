"""Passwords that would be guessed: known ones, and those made of the names around an account."""

import re

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

# What everybody who works here would try first.
OURS = (
    "协会",
    "深圳",
    "shenzhen",
    "szba",
    "bank",
    "yinhang",
    "anli",
    "puhui",
    "jinrong",
    "portal",
    "admin",
    "案例",
    "普惠金融",
)
STRONG = 3  # of 0 to 4, as zxcvbn counts: more than 100 million guesses
SHORTEST = 12
OWN_PART = 8  # characters that are neither of the account nor of this house
READ = 72  # characters; more make no difference, and cost time


class GuessableValidator:
    """Refuse what zxcvbn guesses soon: frequent passwords (30,000 known ones, also written with 0 for o), words of several
    languages, rows of keys, dates, repetitions; and the name, the mail address and the groups of the account itself."""

    def validate(self, password: str, user: object = None) -> None:
        names = [getattr(user, field, "") or "" for field in ("username", "first_name", "last_name", "email")]
        parts = [part for name in names for part in (name, *re.split(r"[\W_]+", name)) if part]
        if len(password) < SHORTEST:
            raise ValidationError(f"密码至少要 {SHORTEST} 个字符。", code="password_too_short")
        known = sorted((word.lower() for word in (*parts, *OURS) if len(word) > 1), key=len, reverse=True)
        own = re.sub("|".join(map(re.escape, known)), "", password.lower())
        if len(own) < OWN_PART or zxcvbn(password[:READ], user_inputs=[*parts, *OURS])["score"] < STRONG:
            raise ValidationError(
                "这个密码太容易猜到：不要用账号、姓名、单位、年份、键盘顺序或常见的词。可以用几个不相干的词连起来。",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return f"至少 {SHORTEST} 个字符，不要用账号、姓名、单位、年份、键盘顺序或常见的词；几个不相干的词连起来就很好。"
