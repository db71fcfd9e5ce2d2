"""A backup that is not exactly what this site writes is refused, whatever is wrong with it."""

import json
import zipfile
from pathlib import Path

import pytest

from cases.backup import archive as backup_file
from cases.backup.archive import BackupError, BackupFile
from cases.backup.backup import BackupBusy, part_of

ROWS = [{"model": "cases.term", "pk": key, "fields": {"name": name}} for key, name in ((1, "甲"), (2, "乙"))]


def write(path: Path) -> Path:
    """A backup of two terms and an image, as the site writes it."""
    manifest = {
        "format": "cases-portal-backup", "version": 2, "created_at": "2026-11-21T00:00:00+00:00", "engine": "sqlite",
        "migrations": [["cases", "0001"]], "missing": ["x"],
        "tables": [{"model": "cases.term", "fields": ["id", "name"], "rows": 2}],
    }  # fmt: skip
    with part_of(path) as (part, file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data/cases.term.jsonl", "".join(f"{json.dumps(row)}\n" for row in ROWS))
            archive.writestr("media/cases/2026/a.webp", b"picture")
            archive.writestr("manifest.json", json.dumps(manifest))
        part.replace(path)
    return path


@pytest.fixture
def path(tmp_path) -> Path:
    return write(tmp_path / "backup.zip")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, contents: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def with_manifest(path: Path, **changes) -> Path:
    contents = members(path)
    contents["manifest.json"] = json.dumps(json.loads(contents["manifest.json"]) | changes).encode()
    return rewrite(path, contents)


def verify(path: Path) -> tuple[int, int, int]:
    with BackupFile(path) as backup:
        return backup.verify()


def test_what_was_written_is_read_back(path):
    with BackupFile(path) as backup:
        (table,) = backup.manifest.tables
        assert list(backup.rows(table)) == ROWS
        (name,) = backup.media()
        with backup.content(name) as stream:
            assert (name, stream.read()) == ("cases/2026/a.webp", b"picture")
        assert backup.manifest.missing == ("x",)
        assert backup.verify() == (2, 1, 7)


def test_file_is_for_its_owner_only_and_leaves_no_part(path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["backup.zip"]


def test_nothing_stands_under_the_name_before_it_is_complete(tmp_path):
    path = tmp_path / "backup.zip"
    with part_of(path) as (_, file):
        file.write(b"x")
        assert not path.exists()
        with pytest.raises(BackupBusy), part_of(path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_part_of_a_killed_run_is_taken_over(tmp_path):
    (tmp_path / "backup.zip.part").write_bytes(b"x" * 100_000)
    assert verify(write(tmp_path / "backup.zip")) == (2, 1, 7)


def test_link_laid_in_the_way_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "backup.zip.part").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        write(tmp_path / "backup.zip")
    assert (tmp_path / "precious").read_bytes() == b"precious"


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.99])
def test_truncated_file_is_refused(path, part):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(BackupError):
        verify(path)


def test_every_flipped_byte_is_noticed_or_means_nothing(path):
    """No damage comes through as other rows or other pictures."""
    data = path.read_bytes()
    for place in range(0, len(data), 3):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x41]) + data[place + 1 :])
        try:
            with BackupFile(path) as backup:
                assert backup.verify() == (2, 1, 7)
                assert [row for table in backup.manifest.tables for row in backup.rows(table)] == ROWS
        except BackupError:
            continue


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data/cases.term.jsonl", b'{"model": "cases.term", "pk": 1, "fields": {}}\n'),
        ("data/cases.term.jsonl", b'[1, "x"]\n[2, "y"]\n'),
        ("data/cases.term.jsonl", b'{"model": "cases.case", "pk": 1, "fields": {}}\n' * 2),
        ("data/cases.term.jsonl", b'{"model": "cases.term", "pk": 1}\n' * 2),
        ("data/cases.term.jsonl", b"{\n{\n"),
        ("manifest.json", b"{}"),
        ("manifest.json", b"[]"),
        ("manifest.json", b"null"),
        ("manifest.json", b"[" * 100_000),
        ("manifest.json", b"\xff\xfe"),
    ],
)
def test_changed_content_is_refused(path, name, data):
    rewrite(path, members(path) | {name: data})
    with pytest.raises(BackupError):
        verify(path)


@pytest.mark.parametrize("name", ["data/cases.term.jsonl", "media/cases/2026/a.webp"])
def test_content_that_does_not_fit_its_checksum_is_refused(path, name):
    rewrite(path, members(path), compression=zipfile.ZIP_STORED)
    data, content = path.read_bytes(), members(path)[name]
    path.write_bytes(data.replace(content, content.replace(b"1", b"3").replace(b"c", b"C"), 1))
    with pytest.raises(BackupError):
        verify(path)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "a/../../evil.jpg",
        "/etc/evil.jpg",
        "a//b.jpg",
        ".hidden",
        "a/.htaccess",
        "a\\b.jpg",
        "a/b\n.jpg",
        "x" * 201,
        "",
    ],
)
def test_way_out_of_the_media_folder_is_refused(path, name):
    contents = members(path)
    contents[f"media/{name}"] = contents.pop("media/cases/2026/a.webp")
    rewrite(path, contents)
    with pytest.raises(BackupError):
        verify(path)


@pytest.mark.parametrize("name", ["evil.sh", "data/cases.other.jsonl", "media"])
def test_member_that_nothing_names_is_refused(path, name):
    rewrite(path, members(path) | {name: b"x"})
    with pytest.raises(BackupError, match="来历不明"):
        verify(path)


def test_missing_member_is_refused(path):
    contents = members(path)
    for name in ("manifest.json", "data/cases.term.jsonl"):
        rewrite(path, {key: value for key, value in contents.items() if key != name})
        with pytest.raises(BackupError):
            verify(path)


@pytest.mark.parametrize("version", [3, "1", None])
def test_other_version_is_refused(path, version):
    with pytest.raises(BackupError, match="更新的版本"):
        verify(with_manifest(path, version=version))


@pytest.mark.parametrize(
    "tables", [None, {}, [1], [{"model": "x"}], [{"model": "a", "fields": 3, "rows": "many", "sha256": ""}]]
)
def test_manifest_of_another_shape_is_refused(path, tables):
    with pytest.raises(BackupError):
        verify(with_manifest(path, tables=tables))


def test_bomb_is_refused_before_it_is_unpacked(path, monkeypatch):
    monkeypatch.setattr(backup_file, "SMALL", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *args: pytest.fail("it was unpacked"))
    rewrite(path, {"manifest.json": b"{}", "data/cases.term.jsonl": b"\x00" * 3_000_000})
    with pytest.raises(BackupError, match="大得不正常"):
        verify(path)


def test_endless_line_is_refused(path, monkeypatch):
    monkeypatch.setattr(backup_file, "MAX_LINE", 10)
    with pytest.raises(BackupError, match="长得不正常"):
        verify(path)


def test_same_name_twice_is_refused(path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("manifest.json", "{}")
    with pytest.raises(BackupError, match="重名"):
        verify(path)


def test_other_compression_is_refused(path):
    rewrite(path, members(path), compression=zipfile.ZIP_LZMA)
    with pytest.raises(BackupError, match="压缩方式"):
        verify(path)


@pytest.mark.parametrize("data", [b"", b"plain words", b"PK\x05\x06" + b"\x00" * 18, b"PK\x03\x04" + b"\x00" * 100])
def test_what_is_no_backup_is_refused(tmp_path, data):
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(BackupError):
        verify(path)
