"""What was read becomes a draft: the text, its rows and its images, in one write."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser

from cases.editing.duplicates import find_duplicates
from cases.editing.edit import edit_case
from cases.editing.image_rows import place_image
from cases.models import (
    Advice,
    Case,
    CaseStatus,
    Category,
    Highlight,
    Institution,
    Offer,
    Product,
    WordImport,
    WordImportOutcome,
)
from cases.models.image import MISSING_ALT, keep_places
from cases.search.analysis import clean
from cases.word.document import PRODUCT_LIMITS, WordImage
from cases.word.entity_matching import match_products
from cases.word.recognition.markdown import escape
from cases.word.values import TEXTS, notice

MAX_WORDS = 160


def make_draft(
    word_import: WordImport,
    category: Category,
    institution: Institution,
    images: Sequence[WordImage],
    user: AbstractBaseUser | None,
) -> None:
    """Make the draft with its rows and images; ``word_import`` takes it over, and is saved by the caller.

    A product that the institution does not have yet stays in the text, and the report says what to add.
    """
    texts = {name: word_import.parsed[name] for name in TEXTS}
    offers: dict[Product, dict[str, str]] = {}
    products = word_import.parsed.get("products", [])  # none in what waited before there were rows
    for terms, product in zip(products, match_products([one["name"] for one in products], institution), strict=True):
        told = {name: terms[name] for name in PRODUCT_LIMITS if name != "name" and terms.get(name)}
        if product is not None and product not in offers:
            offers[product] = told
            continue
        words = "；".join(f"{Offer._meta.get_field(name).verbose_name}：{text}" for name, text in told.items())
        line = f"{terms['name']}：{words}" if words else terms["name"]
        texts["approach"] = f"{texts['approach']}\n\n**产品**　{escape(line)}".strip()
        advice = (
            "在文件里写了两次，后一次" if product else f"还没有登记在{institution}名下，请先在“产品”里加上；它的条件先"
        )
        word_import.notices.append(
            notice("unsure", f"产品“{terms['name']}”{advice}放在“做法”末尾：{words or '没有写条件'}。")
        )
    numbers = {image.number for image in images if image.encoded is not None}
    for name in Case.SECTIONS:  # not every image can be decoded
        texts[name] = keep_places(texts[name], numbers)
    place = {"collection": word_import.collection, "category": category, "institution": institution}
    with edit_case(Case(**texts, **place, status=CaseStatus.DRAFT), user=user) as case:
        case.save()
        for order, text in enumerate(word_import.parsed.get("highlights", []), 1):
            Highlight.objects.create(case=case, order=order, text=text)
        for order, (kind, text) in enumerate(word_import.parsed.get("advice", []), 1):
            Advice.objects.create(case=case, order=order, kind=kind, text=text)
        for order, (product, told) in enumerate(offers.items(), 1):
            Offer.objects.create(case=case, order=order, product=product, **told)
        for image in images:
            if image.encoded is not None:
                caption, alt = clean(image.caption)[:MAX_WORDS], clean(image.alt)[:MAX_WORDS].strip() or MISSING_ALT
                place_image(case=case, checked=image.encoded, caption=caption, alt=alt, number=image.number or None)
    for other, why in find_duplicates(case):
        word_import.notices.append(notice("unsure", f"可能和 {other.code}《{other.title}》是同一篇：{why}。"))
    word_import.case, word_import.title = case, case.title
    word_import.outcome, word_import.parsed = WordImportOutcome.DRAFT, {}
