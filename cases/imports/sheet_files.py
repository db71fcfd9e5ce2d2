"""What kind of file was handed in, and whether it may be opened: before any of it is parsed."""

import zipfile
from io import BytesIO
from typing import BinaryIO
from xml.parsers import expat

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_PARTS = 500
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BOOK = "xl/workbook.xml"
SAVE_AS = "请在 Excel 或 WPS 里“另存为”Excel 工作簿（.xlsx），再上传。"
OTHERS = (
    ("xl/vbaProject.bin", "macro", f"这个文件带宏（.xlsm），没有打开。{SAVE_AS}"),
    ("xl/workbook.bin", "xlsb", f"这是 .xlsb 文件。{SAVE_AS}"),
    ("Index/Document.iwa", "numbers", "这是苹果 Numbers 文件。请在 Numbers 里“导出为”Excel（.xlsx），再上传。"),
    ("Index.zip", "numbers", "这是苹果 Numbers 文件。请在 Numbers 里“导出为”Excel（.xlsx），再上传。"),
    ("content.xml", "ods", f"这是 .ods 文件。{SAVE_AS}"),
    ("word/document.xml", "word", "这是 Word 文件，不是表格。"),
)


class SheetFileError(ValueError):
    """A file that cannot be taken: ``code`` for programs, the message in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def kind_of(data: bytes, filename: str) -> str:
    """``xlsx`` or ``csv``, from the content first; raises ``SheetFileError`` for everything else."""
    if len(data) > MAX_BYTES:
        raise SheetFileError("too-big", f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件。")
    if not data.strip():
        raise SheetFileError("empty", "文件是空的。")
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise SheetFileError("encrypted", "文件有密码，打不开。请去掉密码再上传。")
        raise SheetFileError("xls", f"这是旧的 .xls 文件。{SAVE_AS}")
    if data.startswith(b"PK"):
        _check_package(data)
        return "xlsx"
    if filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods", ".numbers")):
        raise SheetFileError("corrupt", f"文件已损坏，或者不是 Excel 文件。{SAVE_AS}")
    if not filename.lower().endswith((".csv", ".txt", ".tsv")):
        raise SheetFileError("unknown", "认不出这种文件。请上传 .xlsx 或 .csv。")
    return "csv"


def _check_package(data: bytes) -> None:
    """Refuse what is not a plain workbook, unpacks to too much, or declares entities."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
            _refuse_other_kinds(names)
            # zipfile reads no more of a part than is declared here, so the declaration can be trusted.
            if len(names) > MAX_PARTS or sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
                raise SheetFileError("zip-bomb", "文件解开后太大，没有打开。请分成几个文件。")
            if any(part.flag_bits & 1 for part in package.infolist()):
                raise SheetFileError("encrypted", "文件有密码，打不开。请去掉密码再上传。")
            for name in sorted(names):
                if name.endswith((".xml", ".rels")):
                    with package.open(name) as part:
                        _refuse_doctype(part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, expat.ExpatError) as error:
        raise SheetFileError("corrupt", f"文件已损坏，打不开。{SAVE_AS}") from error


def _refuse_other_kinds(names: set[str]) -> None:
    for part, code, message in OTHERS:
        if part in names:
            raise SheetFileError(code, message)
    if BOOK not in names:
        raise SheetFileError("unknown", "认不出这种文件。请上传 .xlsx 或 .csv。")


class _RootError(Exception):
    """Not an error of the file: the way to stop expat at the root element."""


def _refuse_doctype(part: BinaryIO) -> None:
    """A DTD is where entity bombs and references to other files live; no workbook has one. It stands before the root."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler = _root
    try:
        while piece := part.read(4096):
            parser.Parse(piece)
    except _RootError:
        return


def _doctype(*_args: object) -> None:
    raise SheetFileError("entities", "文件里有不该有的声明（DTD），没有打开。")


def _root(*_args: object) -> None:
    raise _RootError
