"""Figures in running Chinese text: 超 3200 亿元, 近八成, 3.85%, 三千余户, each with its sentence and date."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from cases.word.document import FigureCandidate

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
FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
POINT = re.compile(r"(?<=\d)．(?=\d)")
THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:[ \u00a0\u2009\u202f，]\d{3})+(?![\d])")
PARTED_SCALE = re.compile(r"(?<=万)[ \u00a0]+(?=亿)")
MINUS = re.compile(r"(?<![\d%％‰A-Za-z年月日天元])[-−－]$")
DIGITS = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
HAN = "〇零一二两三四五六七八九十百千"
SCALE = "万亿|千万|百万|千亿|百亿|十亿|十万|亿|万|千|百"
PREFIX = "超过|超|突破|达到|高达|多达|达|近|约为|大约|约|逾|不低于|不少于|不超过|低于|高于|至少|最高|最低|最快|最多|累计|仅需|仅|首批|接近|将近|至多|可达|减少|增长|上浮|下浮|下降|提升|提高|下调"
KEPT = frozenset(
    [
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
    ]
)
FIGURE = re.compile(
    rf"(?:(?P<prefix>{PREFIX})[\s\u3000了至到]{{0,2}})?"
    rf"(?<![\d.A-Za-z第×])(?P<number>{DIGITS}|[{HAN}]{{1,8}})"
    rf"(?P<more>\s*(?:余|多|来)?)\s*(?P<scale>(?:{SCALE})?)(?P<more2>(?:余|多)?)\s*"
    rf"(?P<unit>%|％|‰|{MONEY}|{PEOPLE}|{THINGS})?(?P<after>(?:以上|以内|以下|左右|\+)?)"
)
RANGE = re.compile(
    rf"(?:(?P<prefix>{PREFIX})[\s\u3000了至到]{{0,2}})?(?<![\d.A-Za-z第×—~～-])(?P<number>{DIGITS})"
    rf"\s{{0,2}}(?P<first>(?:{SCALE})?(?:%|％|‰|{MONEY}|{PEOPLE}|{THINGS})?)\s{{0,2}}(?:[～~〜－—–-]{{1,2}}|至|到)\s{{0,2}}"
    rf"(?P<number_to>{DIGITS})(?![\d.])\s*(?P<scale>(?:{SCALE})?)(?P<unit>%|％|‰|{MONEY}|{PEOPLE}|{THINGS})(?P<after>(?:以内|左右)?)"
)
COMPOSITE = re.compile(
    rf"(?:(?P<prefix>{PREFIX})[\s\u3000了至到]{{0,2}})?(?<![\d.A-Za-z第×])(?P<number>{DIGITS})\s{{0,2}}(?P<high>亿|万)\s{{0,2}}"
    rf"(?P<rest>\d{{1,4}}(?:\.\d+)?)\s{{0,2}}(?P<scale>千万|百万|万|千|百)(?:余|多)?\s{{0,2}}(?P<unit>{MONEY}|{PEOPLE}|{THINGS})"
    rf"(?P<after>(?:以上|以内|以下|左右)?)"
)
TENTHS = re.compile(
    rf"(?P<prefix>(?:{PREFIX})?)\s*(?P<number>[一二三四五六七八九])成(?P<half>半|[一二三四五六七八九](?![成十百千万亿个户家名人位笔天年月项]))?(?![功效立本果员交长熟])(?<!一成)(?!一成为)(?P<after>(?:以上|左右)?)"
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
BARE_UNITS = frozenset("个日市省县村镇国站类所只支单条位层间次项种")
NOT_BEFORE = tuple("第“统唯同之每进某逐数几")  # 第三, 统一, 逐一: no quantity
PAIRS = ("“”", "《》", "（）")
CLAUSE = re.compile(r"[，,。；;：:（(）)]|(?<=[^\d])、")
LABEL_START = re.compile(r"^(?:截至|截止到?|其中|同时|并且?|已|共|累计|为|的|使|将|至|到|自|从|了|在|全年|目前)+")
LABEL_END = re.compile(
    rf"(?:{PREFIX}|了|到|至|为|共|计|已|有|是|的|合计|总计|分别|均|超|共计|总额|以来|[低高降升增减提]至)+$"
)
CHINESE_DIGITS = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10_000, "亿": 100_000_000}
FACTORS = {"千万": 1000, "百万": 100, "十万": 10, "千亿": 1000, "百亿": 100, "十亿": 10, "千": 1000, "百": 100}


def find_figures(lines: dict[str, list[str]]) -> tuple[FigureCandidate, ...]:
    """Find candidates in all sections, results first; the same value in the same words once; at most ``MAX_FIGURES``."""
    found: dict[tuple[str, str], FigureCandidate] = {}
    for section in ("results", "approach", "summary", "background"):
        for line in lines.get(section, ()):
            for sentence in CUT.split(_plain_digits(line)):
                if len(found) > MAX_FOUND:
                    break
                sentence = sentence[:MAX_READ]
                date = AS_OF.search(sentence)  # of this sentence alone: the next may tell of another time
                as_of = " ".join(date["date"].split()) if date else ""
                for figure in _figures_in(sentence.strip(), section, as_of):
                    found.setdefault((re.sub(r"\s", "", figure.value), figure.label[-6:]), figure)

    def worth(figure: FigureCandidate) -> int:  # money, rates and large counts before small ones
        large = figure.number is not None and (figure.number >= 100 or figure.unit[:1] in "万亿")
        return {"amount": 4, "rate": 3, "count": 1, "date": 0}[figure.kind] + 2 * large + (figure.section == "results")

    kept = sorted(found.values(), key=worth, reverse=True)[:MAX_FIGURES]
    return tuple(figure for figure in found.values() if any(figure is other for other in kept))


def _plain_digits(line: str) -> str:
    """Write full-width digits and points, and thousands parted by blanks, as plain numbers: a wrong one is worse than none."""
    line = POINT.sub(".", line.translate(FULL_WIDTH))
    line = THOUSANDS.sub(lambda match: re.sub(r"[^\d]", "", match[0]), line)
    return PARTED_SCALE.sub("", line)


def _figures_in(sentence: str, section: str, as_of: str) -> Iterator[FigureCandidate]:
    dates = [match.span() for match in DATE.finditer(sentence)]
    matches = [
        match for pattern in (RANGE, COMPOSITE, TENTHS, PER_HUNDRED, FIGURE) for match in pattern.finditer(sentence)
    ]
    end = 0
    for match in sorted(matches, key=lambda match: (match.start(), match.re not in (RANGE, COMPOSITE))):
        is_date = any(start <= match.start("number") < stop for start, stop in dates)
        if is_date or match.start() < end or not _is_quantity(match, sentence):
            continue
        end = match.end()
        number, unit, value = _value(match)
        sign = MINUS.search(sentence[: match.start("number")])
        if sign and match.re is FIGURE and number is not None:
            number, value = -number, sign[0] + value
        number_to = _number(match["number_to"], match["scale"]) if match.re is RANGE else None
        kind = "amount" if re.search(rf"(?:{MONEY})$", unit) else "count"
        if unit in ("%", "‰") or "百分点" in unit or unit.upper().rstrip("S").endswith(("BP", "基点")):
            kind = "rate"
        label = _label(sentence, match)
        yield FigureCandidate(
            label, value[:60], sentence[:MAX_SENTENCE], section, kind, number, unit, as_of[:40], number_to
        )


def _is_quantity(match: re.Match, sentence: str) -> bool:
    """Tell whether the match has a unit, and is no ordinal, name or idiom (一个, 第三, 十四五), no range from high to low."""
    if match.re is RANGE:
        ends = _number(match["number"]), _number(match["number_to"])
        is_one = match["first"].replace("％", "%") in ("", (match["scale"] + match["unit"]).replace("％", "%"))
        is_date = match["unit"] in ("日", "条") and sentence[: match.start("number")].rstrip().endswith(("月", "第"))
        return is_one and not is_date and None not in ends and ends[0] < ends[1]
    if match.re is not FIGURE:
        return True
    unit, scale, after = match["unit"] or "", match["scale"], sentence[match.end() : match.end() + 2]
    before, is_written = sentence[: match.start("number")], not match["number"][0].isdigit()
    if not unit and (not (scale and scale[-1] in "万亿") or NOT_COUNTED.match(after) or is_written):
        return False
    if not is_written:
        return not (unit in ("日", "条") and before.rstrip().endswith(("月", "第")))
    number = chinese_number(match["number"] + scale)
    if number is None or before.endswith(NOT_BEFORE):
        return False
    return (number >= 10 and not (unit in BARE_UNITS and number < 20)) or unit[:2] in ("亿元", "万元", "个工", "小时")


def _value(match: re.Match) -> tuple[Decimal | None, str, str]:
    """Return (number, unit, value as printed)."""
    start = match.start("number") if match.re in (FIGURE, RANGE, COMPOSITE) else match.end("prefix")
    value = " ".join(match.string[match.start() if match["prefix"] in KEPT else start : match.end()].split())
    if match.re is TENTHS:
        ones = 5 if match["half"] == "半" else CHINESE_DIGITS.get(match["half"], 0)
        return Decimal((chinese_number(match["number"]) or 0) * 10 + ones), "%", value
    if match.re is PER_HUNDRED:
        whole, _, part = match["number"].partition("点")
        number, digits = chinese_number(whole), "".join(str(CHINESE_DIGITS.get(sign, -1)) for sign in part)
        return (
            (None if number is None else _decimal(f"{number}.{digits}" if digits.isdigit() else str(number))),
            "%",
            value,
        )
    if match.re is COMPOSITE:  # 3 亿 2000 万元 is 32000 万元, 1 万 2 千户 is 12000 户
        whole = _number(match["number"]) * SCALES[match["high"]]
        whole += Decimal(match["rest"]) * chinese_number("一" + match["scale"])
        scale = "万" if match["high"] == "亿" else ""
        return whole / SCALES.get(scale, 1), scale + match["unit"], value
    written, scale = match["number"], match["scale"]
    unit = (match["unit"] or "").replace("％", "%").replace("元人民币", "元")
    if written[0].isdigit():
        return _number(written, scale), ((scale[1:] if scale in FACTORS else scale) + unit)[:20], value
    keeps = scale in ("万亿", "亿", "万")
    number = chinese_number(written if keeps else written + scale)
    return (None if number is None else Decimal(number)), ((scale if keeps else "") + unit)[:20], value


def _number(written: str, scale: str = "") -> Decimal | None:
    """Read digits before ``scale``: 3 千万 is 3000 万."""
    number = _decimal(written)
    return number if number is None else number * FACTORS.get(scale, 1)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(re.sub(r"[,，]", "", text))
    except InvalidOperation:
        return None
    if abs(number) >= Decimal(10) ** 15:
        return None
    return round(number, 4) if number.as_tuple().exponent < -4 else number


def _label(sentence: str, match: re.Match) -> str:
    """Take the words just before the figure, back to the last comma; failing that, what follows it."""
    clauses = CLAUSE.split(sentence[: match.start()])
    text = _trim(clauses[-1])
    after = _trim(re.split(r"[，,。；;：:、（(“]", sentence[match.end() :])[0])
    if VERB.fullmatch(text):  # 惠及 1200 户小微企业
        text += after[:12]
    if len(text) < 2:
        text = after
    if len(text) < 2 and len(clauses) > 1:
        text = _trim(clauses[-2])
    text = text[-30:]
    for opening, closing in PAIRS:  # 园区贷”累计放款 lost its first half to the cut
        missing = text.count(closing) - text.count(opening)
        text = opening * max(missing, 0) + (text.replace(opening, "", -missing) if missing < 0 else text)
    return text or "数据"


def _trim(text: str) -> str:
    text = LABEL_START.sub("", DATE.sub("", text).strip(" \u3000"))
    return LABEL_END.sub("", text).strip(" \u3000、“”‘’《》—-")


def chinese_number(text: str) -> int | None:
    """Read 三千 -> 3000, 二十四 -> 24, 一千二百万 -> 12000000; return None for what is no number (三五, 百千)."""
    total = section = 0
    digit: int | None = None
    last_step = 10_000
    for sign in text:
        if sign in CHINESE_DIGITS:
            if digit:  # two digits side by side: 三五 is "three to five", 二〇二〇 a year
                return None
            digit = CHINESE_DIGITS[sign]
        elif sign in STEPS:
            if STEPS[sign] >= last_step:
                return None
            last_step = STEPS[sign]
            section += (1 if digit is None else digit) * STEPS[sign]
            digit = None
        elif sign in SCALES:
            total = (total + section + (digit or 0)) * SCALES[sign]
            section, digit, last_step = 0, None, 10_000
        else:
            return None
    return total + section + (digit or 0) if text else None
