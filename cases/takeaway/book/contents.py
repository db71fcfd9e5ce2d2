"""What stands in a book, as plain values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from cases.models import Case, Category, Chapter, Collection, GlossaryEntry, Offer
from cases.models.base import BOOK
from cases.public.citing.styles import gbt2025
from cases.public.detail import advice_groups, term_groups
from cases.public.marks import hue_of, standalone
from cases.public.metadata import SITE, plain, reference
from cases.public.reference import spelling
from cases.public.rendering import render_markdown
from cases.search.bitmaps import CaseList
from cases.takeaway.book.model import Book, BookCase, Part
from cases.takeaway.book.nodes import read_nodes
from cases.templatetags.cases_tags import cn_number

HEADLINES = 4
ADDRESS_MAX = 300  # characters
TERMS = "文字由普惠金融案例库按来源改写，事实与数字取自来源，来源没有说的不补；转引请注明出处。"
OFFER_FIELDS = ("audience", "amount", "term", "rate", "conditions", "as_of")


def gather(
    cases: CaseList, *, subject: Model | None, title: str, path: str, site: str, notes: Mapping[str, str] | None = None
) -> Book:
    """The book of a list: of ``subject``, whose page is at ``path`` of ``site`` (an address without its last slash), or
    of what ``title`` says; ``notes`` are a reader's own, by code. 17 queries, however many cases."""
    cases = cases.shaped(lambda cases: cases.for_detail())[:]
    parts = parts_of(cases, site, chapters=isinstance(subject, Collection))
    book = subject if isinstance(subject, Collection) else None
    result = Book(
        title=plain(book.title if book else title),
        subtitle=plain(book.period) if book else f"{len(cases)} 篇普惠金融案例",
        publisher=plain(book.publisher) if book else SITE,
        date=timezone.localdate().isoformat(),
        url=short_address(f"{site}{path}"),
        preface=read_nodes(render_markdown(book.preface)) if book else [],
        parts=parts,
        glossary=[],
        institutions=index_of((case.institution, case.code) for part in parts for case in part.cases),
        products=index_of((name, case.code) for part in parts for case in part.cases for name in case.products),
        terms=TERMS + (f"按 {settings.LICENCE_NAME}（{settings.LICENCE_URL}）使用。" if settings.LICENCE_NAME else ""),
    )
    for case in result.cases:
        case.remark = plain((notes or {}).get(case.code, ""))
    if not result.is_single:
        result.glossary = glossary_of(cases)
    return result


def short_address(url: str) -> str:
    """The address as a page can print it, and as a QR code of 2 cm can hold it: of a long one, what stands before its query."""
    return url if len(url) <= ADDRESS_MAX else url.partition("?")[0]


def parts_of(cases: list[Case], site: str, *, chapters: bool) -> list[Part]:
    """Cases by chapter, in the order of a printed book; those of any other list in one part, in the list's order."""
    if not chapters:
        theme = theme_of(cases[0].category) if len({case.category_id for case in cases}) == 1 else {}
        return [Part(name="", cases=[book_case(case, site) for case in cases], **theme)]
    of_category = defaultdict(list)
    for case in sorted(cases, key=lambda case: (case.order, case.code)):
        of_category[case.category_id].append(book_case(case, site))
    collection = cases[0].collection_id
    found = Chapter.objects.filter(collection=collection).select_related("category").order_by("number")
    return [
        Part(
            name=plain(chapter.category.name),
            number=cn_number(chapter.number),
            slogan=chapter.category.slogan_lines,
            intro=plain(chapter.category.intro),
            cases=of_category[chapter.category_id],
            **theme_of(chapter.category),
        )
        for chapter in found
        if chapter.category_id in of_category
    ]


def book_case(case: Case, site: str) -> BookCase:
    url = f"{site}{case.get_absolute_url()}"
    figures = [
        {name: plain(getattr(figure, name)) for name in ("label", "value", "as_of", "note", "editor_note")}
        | {"is_headline": figure.is_headline}
        for figure in case.figures.all()
    ]
    labels = Case.labels(Case.SECTIONS)
    images = {
        image.number: {
            "file": image.file.name,
            "alt": plain(image.alt),
            "caption": plain(image.caption),
            "wide": image.width > image.height,
            "is_placed": False,
        }
        for image in case.images.all()
        if image.file.storage.exists(image.file.name)
    }
    return BookCase(
        code=case.code,
        title=plain(case.headline),
        second=plain(case.second_line),
        kicker=f"{case.category.name} · {case.institution.short_name}",
        summary=plain(case.summary),
        headlines=[figure for figure in figures if figure["is_headline"]][:HEADLINES],
        highlights=[plain(f"{row.text}（{row.as_of}）" if row.as_of else row.text) for row in case.highlights.all()],
        sections=[
            (label, read_nodes(render_markdown(getattr(case, name)), images))
            for name, label in labels.items()
            if getattr(case, name)
        ],
        advice=[(label, [plain(text) for text in texts]) for _, label, texts in advice_groups(case)],
        notes=[(note.get_kind_display(), plain(note.text)) for note in case.editornotes.all()],
        offers=[(plain(str(offer.product)), terms_of(offer)) for offer in case.offers.all()],
        images=list(images.values()),
        figures=figures,
        facts=facts_of(case),
        citation=gbt2025(reference(case, address=url, accessed=timezone.localdate())),
        url=url,
        institution=case.institution.name,
        products=[plain(str(offer.product)) for offer in case.offers.all()],
        documents=[plain(str(document)) for document in case.documents.all()],
    )


def terms_of(offer: Offer) -> list[tuple[str, str]]:
    named = [(name, plain(getattr(offer, name))) for name in OFFER_FIELDS]
    return [(str(Offer._meta.get_field(name).verbose_name), value) for name, value in named if value]


def facts_of(case: Case) -> list[tuple[str, str]]:
    source = f"{case.collection}，{case.collection.publisher}，{case.collection.published_on or case.collection.year}"
    if case.collection.kind != BOOK:
        source += f"（{case.collection.get_kind_display()}）"
    if case.source_pages:
        source += f"，第 {case.source_pages} 页"
    facts = [
        ("机构", case.institution.name),
        ("时间", case.period),
        ("地区", case.regions),
        ("出处", source),
        *((label, "、".join(term.name for term in terms)) for label, terms in term_groups(case)),
        ("编号", case.code),
    ]
    return [(label, plain(value)) for label, value in facts if value]


def index_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    codes: dict[str, list[str]] = defaultdict(list)
    for name, code in pairs:
        codes[name].append(code)
    return sorted(codes.items(), key=lambda item: spelling(item[0]))


def glossary_of(cases: list[Case]) -> list[tuple[str, str]]:
    """The words of the glossary that the texts use."""
    texts = "\n".join(getattr(case, name) for case in cases for name in ("summary", *Case.SECTIONS))
    entries = GlossaryEntry.objects.all()
    used = [entry for entry in entries if any(name in texts for name in (entry.term, *entry.other_name_list))]
    return [(entry.term, plain(entry.definition)) for entry in sorted(used, key=lambda entry: spelling(entry.term))]


def theme_of(category: Category) -> dict[str, str | int]:
    """What a part bears of its theme: hue, drawn mark (its colour is typst's to set), character."""
    drawing = standalone(category.slug, colour="currentColor", width=0.9)
    return {"hue": hue_of(category.order), "drawing": drawing, "mark": category.mark}
