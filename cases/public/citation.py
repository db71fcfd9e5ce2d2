"""Citations in the form of GB/T 7714-2015."""

from datetime import date


def cite(*, author: str, title: str, publisher: str, book: str, year: int, url: str, accessed: date) -> str:
    """One reference: a contribution in a collection, read online.

    Source: GB/T 7714-2015 section 4.2 (析出文献) with the electronic carrier mark [M/OL].
    """
    day = accessed.isoformat()
    return f"{author}. {title}[M/OL]//{publisher}. {book}. {year}[{day}]. {url}."
