"""Following a list by mail in a browser: from the list to the letter, to a yes, and out again."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.core import mail
from django.utils import timezone

from cases.following.sending import send_digests
from cases.models import Follower


def test_a_reader_follows_a_list_and_leaves(page, site):
    page.goto(f"{site}/cases/?need=no-collateral")
    page.locator("summary", has_text="订阅").click()
    page.get_by_label("邮箱").fill("reader@example.org")
    page.get_by_label("多久一封").select_option("每天")
    page.get_by_role("button", name="发确认信").click()
    assert page.locator("h1").inner_text() == "请看邮箱"
    page.goto(re.search(r"http\S+/follow/yes/\S+", mail.outbox[0].body).group())
    page.get_by_role("button", name="确认订阅").click()
    assert page.locator("h1").inner_text() == "已经订阅"
    Follower.objects.update(told_until=timezone.now() - timedelta(days=36500), due_on=timezone.localdate())
    assert send_digests() == (1, 0)
    leave = urlsplit(mail.outbox[1].extra_headers["List-Unsubscribe"].strip("<>")).path
    page.goto(f"{site}{leave}")
    page.get_by_role("button", name="退订").click()
    assert page.locator("h1").inner_text() == "已经退订"
    assert not Follower.objects.exists()
