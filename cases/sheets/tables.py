"""A workbook as it was read: tables of named texts, and what cannot be taken. Plain values, no database."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Issue:
    """Something about one place of the file; ``row`` 0 is the sheet itself, ``letter`` "" the whole row."""

    sheet: str
    row: int
    text: str
    letter: str = ""
    heading: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row: texts by column name, only of columns the sheet has; ``problems`` block it."""

    number: int
    values: dict[str, str]
    problems: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Table:
    """One sheet: ``letters`` says where each column stands."""

    sheet: str
    letters: dict[str, str]
    rows: tuple[SheetRow, ...] = ()


@dataclass(frozen=True)
class SheetFile:
    """A file read: its tables, problems of whole sheets, and notices that stop nothing."""

    tables: tuple[Table, ...]
    problems: tuple[Issue, ...] = ()
    notices: tuple[Issue, ...] = ()

    def table(self, sheet: str) -> Table | None:
        return next((table for table in self.tables if table.sheet == sheet), None)

    def as_json(self) -> dict:
        """Return plain values; ``from_json`` undoes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "SheetFile":
        def issues(items: list[dict]) -> tuple[Issue, ...]:
            return tuple(Issue(**item) for item in items)

        tables = (
            Table(
                table["sheet"],
                table["letters"],
                tuple(SheetRow(row["number"], row["values"], issues(row["problems"])) for row in table["rows"]),
            )
            for table in data["tables"]
        )
        return cls(tuple(tables), issues(data["problems"]), issues(data["notices"]))
