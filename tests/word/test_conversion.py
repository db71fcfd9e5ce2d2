"""Files of other writing programs, made a .docx by a program that stands in for LibreOffice."""

import hashlib
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from cases.word.document import WordFileError
from cases.word.sandbox import convert
from cases.word.sandbox.reader import read_word
from tests.word.docx_files import TITLE, styled_case

RTF = rb"{\rtf1 case}"
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)


@pytest.fixture
def soffice(tmp_path, settings):
    """Puts a shell script in the place of LibreOffice; ``$out`` is the folder it is to write to."""

    def put(script: str) -> Path:
        program = tmp_path / "soffice"
        program.write_text(
            f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\nout=$2; source=$3\nmkdir -p "$out"\n{script}\n'
        )
        program.chmod(0o755)
        settings.PORTAL_SOFFICE = str(program)
        return program

    return put


def code_of(data: bytes, filename: str = "旧.doc") -> str:
    with pytest.raises(WordFileError) as caught:
        read_word(data, filename=filename)
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "name"), [(DOC, "旧.doc"), (DOC, "旧.wps"), (RTF, "旧.rtf")], ids=["doc", "wps", "rtf"]
)
def test_what_is_converted_is_read_like_any_file_and_the_report_says_so(soffice, tmp_path, data, name):
    (tmp_path / "made.docx").write_bytes(styled_case())
    soffice(f'cp {tmp_path}/made.docx "$out/in.docx"; cp "$source" {tmp_path}/seen')
    document = read_word(data, filename=name)
    assert document.title == TITLE
    assert document.digest == hashlib.sha256(data).hexdigest()
    assert "已用 LibreOffice 转换后再读" in document.notices[0].text
    assert (tmp_path / "seen").read_bytes() == data


def test_without_the_program_the_refusal_says_how_to_convert():
    with pytest.raises(WordFileError, match="另存为"):
        read_word(RTF, filename="旧.rtf")


@pytest.mark.parametrize("script", ["exit 1", 'ln -s /etc/passwd "$out/in.docx"', "kill -9 $$", "true"])
def test_a_program_that_makes_nothing_is_a_refusal(soffice, script):
    soffice(script)
    assert code_of(RTF, "旧.rtf") == "rtf"


def test_what_it_makes_is_not_trusted(soffice):
    soffice('head -c 3000 /dev/zero > "$out/in.docx"')
    assert code_of(RTF, "旧.rtf") in ("not-word", "corrupt")


def test_a_docx_is_never_converted(soffice, tmp_path):
    soffice(f"touch {tmp_path}/ran")
    assert read_word(styled_case(), filename="来稿.docx").title == TITLE
    assert not (tmp_path / "ran").exists()


def test_what_it_leaves_running_is_ended_with_it_and_its_folder_is_gone(soffice, tmp_path, monkeypatch):
    class Waited(subprocess.Popen):
        """Its time is up once the program has said all, however busy the machine."""

        def wait(self, timeout=None):
            if timeout is None:
                return super().wait()
            assert timeout == convert.WALL_SECONDS
            said = tmp_path / "seconds"
            while not (said.exists() and said.read_text().endswith("\n")):
                time.sleep(0.02)
            raise subprocess.TimeoutExpired("soffice", timeout)

    monkeypatch.setattr(convert, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": Waited}))
    soffice(
        f"sleep 600 & echo $! > {tmp_path}/left; pwd > {tmp_path}/folder; ulimit -t > {tmp_path}/seconds; sleep 600"
    )
    assert code_of(RTF, "旧.rtf") == "rtf"
    left = int((tmp_path / "left").read_text())
    while not _is_ended(left):
        time.sleep(0.02)
    assert not Path((tmp_path / "folder").read_text().strip()).exists()
    assert (tmp_path / "seconds").read_text().strip() == "60"


def _is_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
