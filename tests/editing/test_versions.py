"""Versions are numbered one after another, whoever writes."""

import threading

import pytest
from django.db import connection

from cases.models import Case, Version
from tests.factories import make_case, make_user, save_case


@pytest.mark.django_db(transaction=True)
def test_two_people_writing_the_same_case_at_once_make_two_versions():
    case, failed, start = make_case(status="draft"), [], threading.Barrier(2)
    users = [make_user("编辑"), make_user("编辑")]

    def write(user) -> None:
        mine = Case.objects.get(pk=case.pk)
        mine.summary = user.username
        start.wait()
        try:
            save_case(case=mine, user=user)
        except Exception as error:  # told by the assertion below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    versions = Version.objects.of(case).order_by("number").values_list("number", "event")
    assert list(versions) == [(1, "base"), (2, "changed"), (3, "changed")]
