"""Figures in running Chinese text: 超 3200 亿元, 近八成, 3.85%, 三千余户, each with its sentence and date."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from cases.imports.document import FigureCandidate
from cases.imports.numerals import chinese_number

MAX_FIGURES = 60
MAX_SENTENCE = 300
MAX_READ = 1_000  # characters of one sentence; what has no full stop in 1,000 is no sentence
MAX_FOUND = 2_000

MONEY = "元人民币|元|美元|欧元|港元|港币|日元|英镑|人民币|纳币|雷亚尔|澳元|新元|新加坡元|卢布|泰铢"
PEOPLE = "人次|人|名|户次|户|家次|家|位|员工|客户"
THINGS = (
    "个百分点|百分点|个BPs?|个基点|基点|BPs?|bps?|倍|个小时|小时|分钟|秒|毫秒|个工作日|工作日|个月|周|天|日|笔|项|台|套|次|场|期|款|件|条|辆|座|"
    "处|份|册|栋|盏|瓶|亩|公顷|平方米|平方公里|公里|千米|米|立方米|万立方|吨|千克|公斤|斤|千瓦时|千瓦|兆瓦|度|kW·?h|MW|GW|批次|批|种|类|所|"
    "支|只|单|张|幅|篇|亿斤|头|羽|株|棵|间|层|站|村|镇|县|市|省|国家|国|个"
)
DIGITS = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
HAN = "〇零一二两三四五六七八九十百千"
SCALE = "万亿|千万|百万|千亿|百亿|十亿|十万|亿|万|千|百"
PREFIX = "超过|超|突破|达到|高达|多达|达|近|约为|大约|约|逾|不低于|不少于|不超过|低于|高于|至少|最高|最低|最快|最多|累计|仅需|仅|首批|接近|将近|至多|可达|减少|增长|上浮|下浮|下降|提升|提高|下调"
KEPT = (
    "超过",
    "超",
    "突破",
    "近",
    "约为",
    "大约",
    "约",
    "逾",
    "不低于",
    "不少于",
    "不超过",
    "低于",
    "高于",
    "至少",
    "最高",
    "最低",
    "最快",
    "最多",
    "接近",
    "将近",
    "至多",
    "可达",
    "高达",
    "多达",
)
FIGURE = re.compile(
    rf"(?:(?P<prefix>{PREFIX})[\s\u3000了至到]{{0,2}})?"
    rf"(?<![\d.A-Za-z第×])(?P<number>{DIGITS}|[{HAN}]{{1,8}})"
    rf"(?P<more>\s*(?:余|多|来)?)\s*(?P<scale>(?:{SCALE})?)(?P<more2>(?:余|多)?)\s*"
    rf"(?P<unit>%|％|‰|{MONEY}|{PEOPLE}|{THINGS})?(?P<after>(?:以上|以内|以下|左右|\+)?)"
)
TENTHS = re.compile(
    rf"(?P<prefix>(?:{PREFIX})?)\s*(?P<number>[一二三四五六七八九])成(?P<half>半?)(?![功效立本果员交长熟])(?<!一成)(?!一成为)(?P<after>(?:以上|左右)?)"
)
PER_HUNDRED = re.compile(rf"(?P<prefix>(?:{PREFIX})?)百分之(?P<number>[{HAN}点]{{1,8}})")
YEAR, MONTH = r"(?:\d{4}|[〇零一二三四五六七八九]{4})\s*年", r"\d{1,2}\s*月"
DATE = re.compile(
    rf"(?:{YEAR}\s*(?:{MONTH}(?:\s*\d{{1,2}}\s*日|份|末|底|初|上旬|中旬|下旬)?|末|底|初|度|上半年|下半年|前\s*\d{{1,2}}\s*个?月|[一二三四]季度末?)?)"
    rf"|{MONTH}(?:\s*\d{{1,2}}\s*日|末|底)|(?:今年|去年|本年)(?:{MONTH}末?|[一二三四]季度末?|底|末|以来|上半年|前\s*\d{{1,2}}\s*个?月)|(?:上|年)年?末"
)
AS_OF = re.compile(rf"(?:截至|截止到?|到|自|从)?\s*(?P<date>{DATE.pattern})")
VERB = re.compile(
    "(?:惠及|服务|支持|发放|投放|覆盖|带动|帮助|受理|办理|设立|完成|实现|开展|节省|节约|减免|捐赠|提供|新增|建成|组织|走访|培训|解决)"
)
CUT = re.compile(r"(?<=[。；！？!?;])")
NOT_COUNTED = re.compile(r"^(?:年|月|日|号|点|时|级|层|条款|季度|大|小|星|代|区|世纪|周年|届)")
BARE_UNITS = {
    "个",
    "日",
    "市",
    "省",
    "县",
    "村",
    "镇",
    "国",
    "站",
    "类",
    "所",
    "只",
    "支",
    "单",
    "条",
    "位",
    "层",
    "间",
    "次",
    "项",
    "种",
}


def find_figures(lines: dict[str, list[str]]) -> tuple[FigureCandidate, ...]:
    """Candidates of all sections, results first; the same value in the same words once; at most ``MAX_FIGURES``."""
    found: dict[tuple[str, str], FigureCandidate] = {}
    for section in ("results", "approach", "summary", "background"):
        for line in lines.get(section, ()):
            as_of = ""
            for sentence in CUT.split(line):
                if len(found) > MAX_FOUND:
                    break
                sentence = sentence[:MAX_READ]
                as_of = _as_of(sentence) or as_of
                for figure in _in_sentence(sentence.strip(), section, as_of):
                    found.setdefault((re.sub(r"\s", "", figure.value), figure.label[-6:]), figure)
    kept = sorted(found.values(), key=_worth, reverse=True)[:MAX_FIGURES]
    return tuple(figure for figure in found.values() if any(figure is other for other in kept))


def _worth(figure: FigureCandidate) -> int:
    """Which to keep when there are too many: money, rates and large counts before small ones."""
    large = figure.number is not None and (figure.number >= 100 or figure.unit[:1] in "万亿")
    return {"amount": 4, "rate": 3, "count": 1, "date": 0}[figure.kind] + 2 * large + (figure.section == "results")


def _as_of(sentence: str) -> str:
    match = AS_OF.search(sentence)
    return " ".join(match["date"].split()) if match else ""


def _in_sentence(sentence: str, section: str, as_of: str) -> Iterator[FigureCandidate]:
    if not sentence:
        return
    dates = [match.span() for match in DATE.finditer(sentence)]
    end = 0
    for match in sorted(_matches(sentence), key=lambda match: match.start()):
        inside = any(start <= match.start("number") < stop for start, stop in dates)
        if inside or match.start() < end or not _counts(match, sentence):
            continue
        end = match.end()
        yield _candidate(match, sentence, section, as_of)


def _matches(sentence: str) -> Iterator[re.Match]:
    for pattern in (TENTHS, PER_HUNDRED, FIGURE):
        yield from pattern.finditer(sentence)


def _counts(match: re.Match, sentence: str) -> bool:
    """Whether the match is a quantity: it has a unit, and is no ordinal, name or idiom (一个, 第三, 十四五)."""
    if match.re is not FIGURE:
        return True
    unit, scale, after = match["unit"] or "", match["scale"], sentence[match.end() : match.end() + 2]
    if not unit and not (scale and scale[-1] in "万亿"):
        return False
    if not unit and (NOT_COUNTED.match(after) or not match["number"][0].isdigit()):
        return False
    if match["number"][0].isdigit():
        return not (unit in ("日", "条") and sentence[: match.start("number")].rstrip().endswith(("月", "第")))
    number = chinese_number(match["number"] + scale)
    if number is None or sentence[: match.start("number")].endswith(
        ("第", "“", "统", "唯", "同", "之", "每", "进", "某", "逐")
    ):
        return False
    return (number >= 10 and not (unit in BARE_UNITS and number < 20)) or unit[:2] in ("亿元", "万元", "个工", "小时")


def _candidate(match: re.Match, sentence: str, section: str, as_of: str) -> FigureCandidate:
    number, unit, value = _value(match)
    return FigureCandidate(
        label=_label(sentence, match),
        value=value[:60],
        sentence=sentence[:MAX_SENTENCE],
        section=section,
        kind=_kind(unit),
        number=number,
        unit=unit,
        as_of=as_of[:40],
    )


def _value(match: re.Match) -> tuple[Decimal | None, str, str]:
    """(number, unit, value as printed)."""
    prefix = match["prefix"] if match["prefix"] in KEPT else None
    start = match.start("number") if match.re is FIGURE else match.end("prefix")
    start = match.start() if prefix else start
    value = " ".join(match.string[start : match.end()].split())
    if match.re is TENTHS:
        tenths = chinese_number(match["number"]) or 0
        return Decimal(tenths * 10 + (5 if match["half"] else 0)), "%", value
    if match.re is PER_HUNDRED:
        return _decimal_chinese(match["number"]), "%", value
    scale, unit = match["scale"], (match["unit"] or "").replace("％", "%").replace("元人民币", "元")
    if match["number"][0].isdigit():
        number = _decimal(match["number"])
        if len(scale) > 1 and scale != "万亿":  # 3 千万 is 3000 万
            number, scale = _times(number, scale), ("亿" if scale.endswith("亿") else "万")
        elif scale in ("千", "百"):
            number, scale = _times(number, scale), ""
        return number, (scale + unit)[:20], value
    written = match["number"]
    keeps = scale in ("万亿", "亿", "万")
    number = chinese_number(written if keeps else written + scale)
    return (None if number is None else Decimal(number)), ((scale if keeps else "") + unit)[:20], value


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(re.sub(r"[,，]", "", text))
    except InvalidOperation:
        return None
    if abs(number) >= Decimal(10) ** 15:
        return None
    return round(number, 4) if number.as_tuple().exponent < -4 else number


def _times(number: Decimal | None, scale: str) -> Decimal | None:
    factor = {"千万": 1000, "百万": 100, "十万": 10, "千亿": 1000, "百亿": 100, "十亿": 10, "千": 1000, "百": 100}[
        scale
    ]
    return None if number is None else number * factor


def _decimal_chinese(text: str) -> Decimal | None:
    whole, _, part = text.partition("点")
    number = chinese_number(whole)
    if number is None:
        return None
    digits = "".join(str("〇一二三四五六七八九".find(digit)) for digit in part.replace("零", "〇"))
    return _decimal(f"{number}.{digits}" if digits.isdigit() else str(number))


def _kind(unit: str) -> str:
    if unit in ("%", "‰") or "百分点" in unit or unit.upper().rstrip("S").endswith(("BP", "基点")):
        return "rate"
    return "amount" if re.search(rf"(?:{MONEY})$", unit) else "count"


def _label(sentence: str, match: re.Match) -> str:
    """The words just before the figure, back to the last comma; failing that, what follows it."""
    before = sentence[: match.start()]
    clauses = list(re.split(r"[，,。；;：:（(）)]|(?<=[^\d])、", before))
    text = _trimmed(clauses[-1])
    after = _trimmed(re.split(r"[，,。；;：:、（(“]", sentence[match.end() :])[0])
    if VERB.fullmatch(text):  # 惠及 1200 户小微企业
        text += after[:12]
    if len(text) < 2:
        text = after
    if len(text) < 2 and len(clauses) > 1:
        text = _trimmed(clauses[-2])
    return text[-30:] or "数据"


def _trimmed(text: str) -> str:
    text = DATE.sub("", text)
    text = re.sub(
        r"^(?:截至|截止到?|其中|同时|并且?|已|共|累计|为|的|使|将|至|到|自|从|了|在|全年|目前)+",
        "",
        text.strip(" \u3000"),
    )
    text = re.sub(
        rf"(?:{PREFIX}|了|到|至|为|共|计|已|有|是|的|合计|总计|分别|均|超|共计|总额|以来|[低高降升增减提]至)+$",
        "",
        text,
    )
    return text.strip(" \u3000、“”‘’《》—-")
