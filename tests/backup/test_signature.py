"""A backup that somebody else made brings no account in."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError
from django.core.signing import Signer

from cases.backup import archive
from cases.backup.archive import BackupFile
from tests.backup.test_archive import members, rewrite
from tests.backup.test_commands import empty_database, run
from tests.factories import make_case

pytestmark = pytest.mark.django_db(transaction=True)
USERS = "data/auth.user.jsonl"


@pytest.fixture
def path(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    make_case()
    get_user_model().objects.create_superuser("chief", password="x")
    get_user_model().objects.create_user("li", password="x", is_staff=True)
    run("backup", tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def is_signed(path) -> bool:
    with BackupFile(path) as backup:
        backup.verify()
        return backup.is_signed


def forged(path):
    """With a superuser more, and every checksum right."""
    contents = members(path)
    row = json.loads(contents[USERS].splitlines()[0])
    row = {
        **row,
        "pk": 99,
        "fields": {**row["fields"], "username": "intruder", "is_superuser": True, "groups": [], "user_permissions": []},
    }
    contents[USERS] += json.dumps(row).encode() + b"\n"
    manifest = json.loads(contents["manifest.json"])
    next(table for table in manifest["tables"] if table["model"] == "auth.user")["rows"] += 1
    return rewrite(path, {**contents, "manifest.json": json.dumps(manifest).encode()})


def test_what_this_site_wrote_is_signed_and_comes_back_with_its_accounts(path):
    assert is_signed(path)
    empty_database()
    run("restore", path)
    assert get_user_model().objects.get(username="chief").is_superuser


def test_a_forged_one_is_refused_whole(path):
    empty_database()
    with pytest.raises(CommandError, match="没有用本站的密钥"):
        run("restore", forged(path))
    assert not get_user_model().objects.exists()


def test_a_signature_is_good_for_its_own_file_alone(path):
    with archive.zipfile.ZipFile(path) as opened:
        comment = opened.comment
    forged(path)
    with archive.zipfile.ZipFile(path, "a") as opened:
        opened.comment = comment
    assert not is_signed(path)


def test_another_sites_key_signs_nothing_here(path, monkeypatch):
    monkeypatch.setattr(archive, "SIGNER", Signer(key="another", salt="cases.backup", algorithm="sha256"))
    assert not is_signed(path)


@pytest.mark.parametrize("comment", [b"", b"x", "签名".encode(), b"a:b"])
def test_any_other_comment_is_no_signature(path, comment):
    with archive.zipfile.ZipFile(path, "a") as opened:
        opened.comment = comment
    assert not is_signed(path)


def test_trusted_by_hand_its_accounts_are_locked_and_none_is_a_superuser(path):
    empty_database()
    told = run("restore", forged(path), "--unsigned")
    assert "账号全部停用" in told
    users = get_user_model().objects.all()
    assert {user.username for user in users} == {"chief", "li", "intruder"}
    assert not any(user.is_active or user.is_superuser for user in users)
