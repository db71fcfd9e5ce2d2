"""Parts of a text that no heading tells apart: where running text turns from what was the matter to what was done, and to
what came of it. Told by the words of each paragraph; whoever asks says in the report that it is a guess."""

import re

BACKGROUND = re.compile(
    "缺口|难以|难题|痛点|难点|困难|困境|融资难|不足|缺乏|缺少|面临|瓶颈|压力|紧张|亟|急需|问题|背景|近年来|随着|长期以来"
    "|以来|党中央|国务院|号召|部署|受疫情影响|成为|成立于|是一家|位于|传统|现状|短缺|巨大"
)
APPROACH = re.compile(
    "推出|创新|建立|设立|开展|制定|组织|成立|搭建|开发|引入|优化|上线|通过|采用|采取|针对|主动|对接|提供|实施|打造|利用|借助"
    "|联合|完成|安排|调整|流程|制度|开通|简化|配合|发起|做好|研发|走访|一是|首先|一方面|其次|此外|另一方面"
)
RESULTS = re.compile(
    r"截至|截止|月末|年末|累计|余额|共计|惠及|覆盖|节约|节省|节支|有效|荣获|获得|获评|好评|肯定|认可|赞|显著|下降|同比|较年初|缩短"
    r"|成效|效果|效益|成果|率先|首[家单笔个]|示范|推广|媒体|超过|突破|社会责任|[\d.]+\s*(?:亿|万|%|％)"
)
LEAN = 1.0  # counted for none: a paragraph with few such words says little
WEIGHT = 300  # characters from which on a paragraph counts no more
ENOUGH = 40  # characters of a part
SENTENCE = re.compile("(?<=[。！？])")
CLOSING = re.compile("^(?:截至|截止|据统计|目前|在.{4,20}的大力支持下|通过上述|正如|总之|综上)")
PLAN = re.compile("^(?:未来|下一步|下一阶段|下阶段|接下来|今后|展望)|将继续|将不断|将持续")
OUTCOME = re.compile(
    r"截至|截止|据统计|累计|[月年季度]末|较年初|媒体|报道|好评|认可|表扬|表彰|荣获|获评|[\d.]+\s*(?:%|％)|成效|效益|效果|显著|意义|彰显"
)
POINTS_BACK = re.compile("^(?:此|本[次期]|该|其|这|上述|以上|类似|实际上|同时|另外|对此|最终|目前|截至目前)")
SURE = 0.38  # share of the telling words of a paragraph that must speak of results, at the end of a text
SURER = 0.6  # … of one that is taken out of what was done


def _leanings(text: str) -> tuple[float, float, float]:
    """Return how much a paragraph sounds like background, approach and results."""
    counts = [len(pattern.findall(text)) for pattern in (BACKGROUND, APPROACH, RESULTS)]
    weight = min(len(text), WEIGHT) / (sum(counts) + LEAN)
    return counts[0] * weight, counts[1] * weight, counts[2] * weight


def tells_plight(text: str) -> bool:
    """Tell whether a text speaks of what was the matter rather than of what was done."""
    background, approach, _ = _leanings(text)
    return background > approach


def divide(texts: list[str], sure: float = SURE) -> tuple[int, int]:
    """Divide running paragraphs: the approach is ``texts[first:last]``, background stands before it, results after it."""
    first, last = 0, results_from(texts, sure)
    while first < last - 1 and _leanings(texts[first])[0] > _leanings(texts[first])[1]:
        first += 1
    return first, last


def results_from(texts: list[str], sure: float = SURE) -> int:
    """Return where results begin at the end of running texts, whose first is something else; plans may follow them."""
    at = last = len(texts)
    while at > 1:
        background, approach, results = _leanings(texts[at - 1])
        tells = is_outcome(texts[at - 1]) if sure > SURE else tells_results(texts[at - 1])
        if not tells and not PLAN.search(texts[at - 1]) and results <= background + approach:
            break
        at -= 1
        last = at if tells else last
    return last


def tells_results(text: str, sure: float = SURE) -> bool:
    """Tell whether a paragraph speaks of results above all."""
    background, approach, results = _leanings(text)
    is_closing = bool(CLOSING.match(text)) and results > 0
    return is_closing or (results > sure * (background + approach + results) and len(RESULTS.findall(text)) > 1)


def is_outcome(text: str) -> bool:
    """Tell whether a paragraph amid what was done surely speaks of what came of it."""
    return bool(OUTCOME.search(text)) and tells_results(text, SURER)


def ending(text: str, sure: float = SURE) -> str:
    """Return the last sentences of a long paragraph that speak of results; '' where there are none, or nothing before them."""
    sentences = [one for one in SENTENCE.split(text) if one.strip()]
    tail = "".join(sentences[results_from(sentences, sure) :])
    return tail if len(tail) >= ENOUGH <= len(text) - len(tail) else ""
