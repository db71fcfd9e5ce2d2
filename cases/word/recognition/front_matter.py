"""Front matter: title, institution and labels before the text, the signature after it."""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.headings import (
    DATE_LINE,
    FORM_NAME,
    LETTERHEAD,
    OCCASION,
    SALUTATION,
    SERIAL,
    is_institution,
    label_key,
    label_named,
    labelled,
    section_named,
    strip_number,
    ticked,
)
from cases.word.recognition.markdown import plain

FIELDS = ("title", "subtitle", "institution", "category", "period", "regions")
ATTACHED = re.compile(
    r"^附(?:件|表|录)\s*[\d０-９一二三四五六七八九十]{0,3}\s*(?:[：:]\s*|$|(?<=[\d０-９一二三四五六七八九十])\s+)"
)
DASH = re.compile(r"^[\s\u3000]*(?:——|—|–|--|──|―|－－)\s*")
NOISE = re.compile(
    r"[（(]\d{1,2}[)）]$|[_\- ]?(?:终稿|定稿|最终版?|修改稿?|修订稿?|初稿|审核版?|v\d+|V\d+|\d{8}|\d{4}-\d\d-\d\d)$"
)
MAX_TITLE = 300  # the tables hold less; whoever stores it says what had to be cut
SENTENCE = re.compile(r"[。；;！!？?]")
TITLE_LINES = 6
MAIL = re.compile(r"^(?:发件人|收件人|抄送|密送|发送时间|发件时间|收件时间|日期|时间|主题|附件)[\s\u3000]*[：:]")
GREETING = re.compile(r"^[^。]{0,20}(?:[您你]好|老师|领导|同事)[！!，,：:。]?$")
LETTER_FROM, LETTER_LONG = 12, 24  # blocks: where a covering letter begins at the latest, and how long it may be


@dataclass
class FrontMatter:
    """The fields found, and in words what was guessed and what was left."""

    title: str = ""
    subtitle: str = ""
    institution: str = ""
    category: str = ""
    period: str = ""
    regions: str = ""
    mentions: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def take(self, name: str, label: str, text: str) -> None:
        """Take a labelled value; the first of a kind counts."""
        text = ticked(text)
        if not text:
            return
        if name == "private":
            self.left.append(f"“{label}”是联系信息，没有放进草稿。")
        elif name == "unused":
            self.left.append(f"“{label}：{text[:60]}”没有对应的栏目，没有放进草稿。")
        elif not getattr(self, name):
            setattr(self, name, text[:MAX_TITLE])
        elif getattr(self, name) != text:
            self.unsure.append(f"“{label}”写了不止一处，用了前一处；后一处是“{text[:60]}”。")


def drop_mail(blocks: list[Block], front: FrontMatter) -> list[Block]:
    """Take out the head of an e-mail from the top of the file, with its greeting."""
    lines = [plain(block) if isinstance(block, Paragraph) else "" for block in blocks[:LETTER_FROM]]
    if not any(re.match("(?:发件|收件)人", text) for text in lines[:2]):
        return blocks
    end = next((at for at, text in enumerate(lines) if not (MAIL.match(text) or GREETING.match(text))), len(lines))
    front.left.append(f"文件开头的邮件信息（{end} 行）不是案例，没有放进草稿。")
    front.mentions += [text for text in lines[:end] if len(text) > len("收件人：")]
    return blocks[end:]


def drop_letter(blocks: list[Block], front: FrontMatter) -> list[Block]:
    """Take out a covering letter, from the top of the file to its date or to “附件”; who signs it sent the case."""
    lines = [plain(block) if isinstance(block, Paragraph) else "" for block in blocks[: LETTER_FROM + LETTER_LONG]]
    start = next((at for at, text in enumerate(lines[:LETTER_FROM]) if SALUTATION.match(text)), None)
    if start is None or labelled(lines[start]) or section_named(lines[start]):
        return blocks

    def closes(text: str) -> bool:
        return bool(DATE_LINE.match(text) or ATTACHED.match(text))

    end = next((at for at in range(start + 1, len(lines)) if closes(lines[at])), None)
    if end is None or any(section_named(text) for text in lines[start:end]):
        return blocks
    while end + 1 < len(lines) and (closes(lines[end + 1]) or not lines[end + 1]):
        end += 1
    signed = [text for text in reversed(lines[: end + 1]) if is_institution(text)]
    front.institution = front.institution or next(iter(signed), "")
    front.mentions += [text for text in lines[:start] if text][:3]
    front.left.append(
        f"文件开头的来函（{sum(map(len, lines[: end + 1]))} 字）不是案例，没有放进草稿：“{lines[start]}”。"
    )
    return blocks[end + 1 :] if end + 1 < len(blocks) else blocks


def take_labels(blocks: list[Block], front: FrontMatter, upto: int) -> list[Block]:
    """Take label lines out: those of forms anywhere, others before block ``upto`` and among the last ten."""
    rest, waiting = [], ("", "")
    for index, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            rest.append(block)
            continue
        text = plain(block)
        if waiting[0] and text and len(text) <= 60 and not labelled(text) and not section_named(text):
            front.take(*waiting, text)
            waiting = ("", "")
            continue
        near_edge = index < upto or index >= len(blocks) - 10
        is_short = len(text) <= 160 and "。" not in text[:-1] and not (SENTENCE.search(text) and len(text) > 80)
        bare = text.strip("（）()") if text[:1] in "（(" else text
        found = labelled(bare) if block.role == "label" or (near_edge and is_short and not block.listed) else []
        waiting = ("", "")
        for name, label, value in found:
            front.take(name, label, value)
        if not found:
            rest.append(block)
        elif not found[-1][2] and block.role != "label":
            waiting = found[-1][:2]
    return rest


def read_front(blocks: list[Block], front: FrontMatter, upto: int) -> list[Block]:
    """Find title, subtitle and institution among the first ``upto`` blocks; return the blocks not used."""
    lead = [block for block in blocks[:upto] if isinstance(block, Paragraph)]
    used: set[int] = set()
    for block in lead:
        if LETTERHEAD.search(plain(block)) and block.role != "title":
            front.mentions.append(plain(block))
            front.left.append(f"“{plain(block)}”是文头，没有放进草稿。")
            used.add(id(block))
        elif FORM_NAME.search(plain(block)) and len(plain(block)) <= 40 and block.role != "title":
            front.left.append(f"“{plain(block)}”是表格的名字，没有放进草稿。")
            used.add(id(block))
    lead = [block for block in lead if plain(block) and id(block) not in used]
    # The style Title, else the first heading, else the largest or a centred short line, else a short first line.
    short = [block for block in lead[:12] if len(plain(block)) <= 80 and not SENTENCE.search(plain(block)[-1:])]
    short = [block for block in short if not is_institution(plain(block)) and not DATE_LINE.match(plain(block))]
    body, is_followed = min((block.size for block in lead), default=0), len(lead) > 1 or upto < len(blocks)
    candidates = [
        *(block for block in lead if block.role == "title"),
        *(block for block in short if block.role == "heading" and block.level <= 2 and not block.label),
        *sorted((block for block in short if block.size > body + 3), key=lambda block: -block.size),
        *(block for block in short if block.align == "center"),
        *(block for block in short[:1] if len(plain(block)) <= 50 and (block.is_bold or is_followed)),
    ]
    best = next((block for block in candidates if not OCCASION.search(plain(block))), next(iter(candidates), None))
    if best is not None and not front.title:
        is_large = best.role == "title" or best.align == "center" or best.size > body + 3
        used |= {id(block) for block in take_title(best, lead, front, is_large=is_large)}
        for block in lead:
            if id(block) not in used and OCCASION.search(plain(block)):
                front.left.append(f"“{plain(block)}”不是题名，没有放进草稿。")
                used.add(id(block))
    elif best is not None and label_key(plain(best)) == label_key(front.title):
        used.add(id(best))
    for block in lead:
        if id(block) not in used and _take_line(block, front):
            used.add(id(block))
    return [block for block in blocks if id(block) not in used]


def take_title(best: Paragraph, lead: list[Paragraph], front: FrontMatter, *, is_large: bool) -> list[Paragraph]:
    """Set the title from ``best`` and the lines that go on it; return all of them."""
    at, used = lead.index(best), [best]
    front.title = SERIAL.sub("", ATTACHED.sub("", plain(best)))
    for block in lead[at + 1 : at + TITLE_LINES]:
        text = plain(block)
        is_other = (
            is_institution(text.strip("（）()")) or DATE_LINE.match(text) or labelled(text) or strip_number(text).rank
        )
        if not DASH.match(text) and (is_other or not (is_large and _looks_like(block, best))):
            break
        used.append(block)
        front.title += (
            f"——{DASH.sub('', text)}" if DASH.match(text) else text if front.title.endswith("—") else f" {text}"
        )
    above = lead[:at][-1:]
    others = [plain(block).strip("（）()") for block in [*lead[: max(0, at - 1)], *lead[at + 1 :]]]
    named_again = front.institution or any(map(is_institution, others))
    named_again = named_again or any(plain(block) in line for line in front.mentions for block in above)
    if above and named_again and is_institution(plain(above[0])) and _looks_like(above[0], best):
        used += above  # the bank stands elsewhere too: here it is the first line of the title
        front.title = f"{plain(above[0])} {front.title}"
    front.title = " ".join(front.title.split())[:MAX_TITLE]
    return used


def _looks_like(block: Paragraph, best: Paragraph) -> bool:
    """Tell whether a line goes on the title: of one kind, size and weight with it, and no sentence."""
    text = plain(block)
    if len(text) > 60 or SENTENCE.search(text[-1:]) or (best.role == "heading" and best.align != "center"):
        return False
    kind = (block.role, block.level, block.align, block.is_bold or block.role == "title")
    return kind == (best.role, best.level, best.align, best.is_bold or best.role == "title") and (
        abs(block.size - best.size) <= 1 or block.role == "title"
    )


def _take_line(block: Paragraph, front: FrontMatter) -> bool:
    """Take a subtitle, the institution or a date; return False where the line is none, or another one was taken."""
    text = plain(block).strip("（）() ")
    if block.role == "subtitle" and not DASH.match(text):
        is_first = not front.subtitle
        front.subtitle = front.subtitle or text[:MAX_TITLE]
        return is_first
    if is_institution(text):
        front.institution = front.institution or text
        return label_key(text) == label_key(front.institution)
    if DATE_LINE.match(text):
        front.left.append(f"落款日期“{text}”没有放进草稿。")
        return True
    return False


def take_signature(blocks: list[Block], front: FrontMatter) -> list[Block]:
    """Cut off what closes a letter: the institution and the date at the end."""
    end = len(blocks)
    while end > 0:
        block = blocks[end - 1]
        if not isinstance(block, Paragraph) or block.images:
            break
        text = plain(block)
        is_name = (
            is_institution(text.strip("（）()")) and (block.align == "right" or len(text) <= 24) and not block.listed
        )
        if not text or DATE_LINE.match(text) or text.strip("（）()") in ("完", "全文完", "以上", "特此报告"):
            if text and DATE_LINE.match(text):
                front.left.append(f"落款日期“{text}”没有放进草稿。")
        elif is_name and block.role != "heading":
            text = text.strip("（）()")
            front.institution = front.institution or text
            if label_key(text) != label_key(front.institution):
                front.left.append(f"落款单位“{text}”没有放进草稿。")
        else:
            break
        end -= 1
    return blocks[:end]


def guess_from_name(filename: str, front: FrontMatter) -> None:
    """Fill title and institution from the file's name where the text has none, and say so."""
    stem = PurePath(filename.replace("\\", "/")).stem.strip()
    while NOISE.search(stem):
        stem = NOISE.sub("", stem).strip(" _-")
    pieces = [piece.strip() for piece in re.split(r"[-_—–－+：:（）()【】\[\]\s]+", stem) if piece.strip()]
    if not front.institution:
        front.institution = next((piece for piece in pieces if is_institution(piece)), "")
        if front.institution:
            front.unsure.append(f"机构“{front.institution}”是从文件名看出来的，请核对。")
    if not front.title:
        others = [piece for piece in pieces if piece != front.institution and not label_named(piece)]
        front.title = (max(others, key=len) if others else stem)[:MAX_TITLE] or "未命名案例"
        front.unsure.append(f"没有找到题名，先用了文件名里的“{front.title}”，请改成案例的题名。")
