"""The words members use in their files: labels of a form, names of sections, numbers before a heading."""

import re
from dataclasses import dataclass

SECTIONS = {
    "summary": (
        "案例简介 案例摘要 内容提要 概述 摘要 内容摘要 案例概述 案例概况 案例概要 简介 提要 项目简介 项目概况 "
        "概要 基本情况 案例基本情况 案例内容摘要 内容简介 导读 综述 导语"
    ),
    "background": (
        "背景 案例背景 项目背景 实施背景 存在问题 痛点 背景介绍 背景情况 案例背景介绍 缘起 业务背景 产品背景 "
        "主要问题 存在的问题 面临问题 面临的问题 痛点难点 行业痛点 工作背景 创新背景 案例实施背景 背景及问题 "
        "背景与问题 背景和问题 背景与挑战 问题与背景 现状与问题 背景与痛点 背景及痛点 痛点分析 问题分析 需求分析 "
        "客户痛点 遇到的困难 困难与问题 企业困境 难在哪里 为什么做"
    ),
    "approach": (
        "做法 主要做法 具体措施 创新举措 实施方案 经验做法 产品介绍 具体做法 主要措施 措施 举措 主要举措 具体举措 "
        "解决方案 案例做法 案例内容 案例介绍 案例正文 正文 主要内容 实施过程 工作措施 工作举措 创新做法 服务方案 "
        "实施情况 实施路径 案例详情 创新点 主要创新点 亮点做法 工作做法 做法与措施 做法和措施 主要做法及创新点 "
        "项目内容 项目方案 产品方案 产品简介 特点 优势 服务举措 做法及创新 创新亮点 特色做法 主要做法和措施 案例描述 怎么做的 怎样做的"
    ),
    "results": (
        "成效 取得成效 实施效果 社会效益 经济效益 应用成效 推广价值 经验启示 效果 主要成效 取得的成效 工作成效 "
        "实施成效 案例成效 项目成效 成果 主要成果 取得成果 应用效果 成效分析 启示 案例启示 经验与启示 效益分析 "
        "社会效益和经济效益 经济效益和社会效益 社会经济效益 效益 社会效益与经济效益 经济效益与社会效益 成效与启示 "
        "成效及启示 成效和启示 成效及推广价值 示范效应 成效与推广价值 推广意义 社会影响 社会反响 案例效果 取得效果 "
        "服务成效 应用推广 成果与成效 示范意义 借鉴意义 总结与启示 案例总结 推广前景 主要成效及推广价值 取得的效果 "
        "业务成效 效果如何 成效如何"
    ),
}
SECTION_OF = {phrase: section for section, phrases in SECTIONS.items() for phrase in phrases.split()}
# 项目实施情况 is an 实施情况; 解决方案及创新点 are two names of one part.
QUALIFIER = re.compile(r"^(?:本?案例|本?项目|活动|产品|业务|工作|主要|具体)(?=..)")
AND = re.compile("以及|[及与和、/]")
# Headings of what becomes rows: highlights, products, a guide of labelled advice, or one kind of advice.
HIGHLIGHTS = (
    "要点 案例要点 主要亮点 亮点 项目亮点 案例亮点 工作亮点 创新要点 首创 首创与获奖 获奖情况 所获荣誉 主要荣誉 荣誉 "
    "创新点 主要创新点 创新亮点"
)
GUIDE = "可以照着做的 可复制经验 可推广经验 可借鉴经验 可复制可推广经验 可复制可推广的经验 复制推广"
PRODUCTS = "产品 涉及产品 主要产品 产品条件 产品要素 产品信息 产品一览"
ADVICE = {
    "suits": "适合谁 适用范围 适用对象 适用条件 适用场景 适用客户 适合机构 适用机构",
    "needs": "需要什么 所需条件 前提条件 实施条件 必要条件 所需资源 需要的条件",
    "steps": "怎么做 操作步骤 实施步骤 操作流程 办理流程",
    "risk": "谁担风险 风险分担 风险分担机制 风险承担 风险由谁承担",
    "lessons": (
        "难点与教训 难点 教训 经验教训 经验与教训 不足与改进 难点和教训 可复制经验 可推广经验 可借鉴经验 可复制可推广经验 "
        "可复制可推广的经验 经验启示 启示 案例启示 经验与启示"
    ),
    "unsaid": "原文没有说的 没有说的",
}
ADVICE_OF = {label: kind for kind, labels in ADVICE.items() for label in labels.split()}
PART_OF = (
    dict.fromkeys(GUIDE.split(), "guide")
    | ADVICE_OF
    | dict.fromkeys(HIGHLIGHTS.split(), "highlights")
    | dict.fromkeys(PRODUCTS.split(), "products")
)
PRODUCT_COLUMNS = {
    "产品名称": "name", "产品": "name", "名称": "name", "适用对象": "audience", "服务对象": "audience", "适合谁": "audience",
    "额度": "amount", "贷款额度": "amount", "授信额度": "amount", "金额": "amount", "期限": "term", "贷款期限": "term",
    "利率": "rate", "利率与费用": "rate", "费率": "rate", "贷款利率": "rate", "条件": "conditions", "条件与办理": "conditions",
    "办理条件": "conditions", "申请条件": "conditions", "准入条件": "conditions", "担保方式": "conditions",
}  # fmt: skip
LABELS = {
    "title": "案例名称 案例题目 案例标题 标题 题目 题名 案例题名 项目名称 案例名 案例主题",
    "subtitle": "副标题 副题 一句话 一句话介绍 一句话简介 一句话说明",
    "institution": (
        "申报单位 报送单位 申报机构 报送机构 单位名称 机构名称 报送单位名称 申报单位名称 推荐单位 编写单位 单位 机构 银行名称 "
        "填报单位 填报机构 供稿单位 供稿 供稿机构 案例单位 申报主体 实施单位 实施机构 提供单位 金融机构名称 金融机构 机构全称 "
        "单位全称 申报银行 报送银行 所属机构 来源单位 案例来源"
    ),
    "category": "章节 类别 申报类别 案例类别 案例类型 所属类别 申报类型 主题 分类 所属章节 申报方向 案例分类 主题类别 所属主题",
    "period": "时间 案例时间 实施时间 起止时间 项目时间 时间范围 实施周期 实施期间 开展时间 案例发生时间 发生时间",
    "regions": "地区 实施地区 所在地区 地域 覆盖地区 适用地区 服务地区 实施地点 地点 涉及地区 实施区域 区域",
    "private": (
        "联系人 联系电话 电话 手机 手机号 手机号码 邮箱 电子邮箱 传真 联系方式 通讯地址 联系地址 地址 邮编 邮政编码 填表人 填报人 "
        "审核人 负责人 经办人 签字 盖章 职务 微信 联系人姓名 联系人及电话 联系人电话 姓名 部门 所在部门 联系人及联系方式 作者 撰稿人"
    ),
    "unused": "申报日期 填报日期 填表日期 报送日期 日期 编号 案例编号 关键词 关键字 标签 密级 序号 报送时间 申报时间 填报时间",
}
LABEL_OF = {label: name for name, labels in LABELS.items() for label in labels.split()}

MAX_TOPIC = 32
MAX_NAME = 20  # characters of the names of a part
TOPICS = {
    "background": (
        re.compile(
            r"(?:背景|难点|痛点|堵点|困境|困难|难题|问题|挑战|缘起|起因|现状|形势|由来|融资难贵?)(?:分析|情况|介绍|提出|何在)?$"
            r"|^(?:为什么|为何|缘何)"
        ),
        re.compile(
            "破解|解决|化解|突破|应对|击破|克服|满足|对接|回应|纾|聚焦|办法|破除|攻克|缓解|疏通|保障|服务|支持|响应|助力|赋能|直击|瞄准"
        ),
    ),
    "results": (
        re.compile(
            r"(?:成效|效果|成果|效益|反响|启示|体会|经验|荣誉|(?:推广|示范|社会|借鉴|应用)(?:价值|意义|影响)|好评|认可)"
            r"(?:十分|较为|非常)?(?:显著|明显|初显|凸显|突出|斐然|丰硕|良好|分析|总结|情况|推广|如潮)?$|^(?:结语|结束语|总结)$|(?:影响(?:力)?(?:及|和|与)意义|(?:哪些|什么|新)变化|(?:哪些|什么)收获|收获)$"
        ),
        re.compile("提升|提高|增强|确保|注重|学习|追求"),
    ),
    "approach": (
        re.compile(
            r"(?:做法|举措|措施|方案|路径|实践|流程|办法|思路|[怎这]么做的?|[怎这]样做的?|如何做的?)$|做了(?:什么|哪些)"
        ),
        re.compile(r"(?!)"),
    ),
}

NUMBER = re.compile(
    r"^(?:(?P<r1>第[〇零一二三四五六七八九十百\d]+(?:部分|章|节|篇))|(?P<r2>[一二三四五六七八九十]{1,3}[、.．,，:：])"
    r"|(?P<r3>[（(][一二三四五六七八九十]{1,3}[)）])|(?P<r4>\d{1,2}[、.．)）](?!\d)|\d{1,2}(?=[\s\u3000])(?!\s*[年月日%％万亿余多个家户元倍项条笔]))"
    r"|(?P<r5>\d{1,2}(?:[.．]\d{1,2}){1,3}[、.．]?(?![\d%％])(?=[\s\u3000]*[^\d\s万亿元户家个]))"
    r"|(?P<r6>[（(]\d{1,2}[)）])|(?P<r7>[①-⑳]))[、.．]?[\s\u3000]*"
)
HINT = re.compile(r"[（(【\[〔][^（(【\[〔]*(?:字|填|包括|不超过|请|如：|例如|限|可选|必)[^）)】\]〕]*[）)】\]〕]\s*$")
BRACKETS = str.maketrans("", "", "【】[]〔〕「」『』*＊#■●◆▲★☆")
INSTITUTION = re.compile(
    r"^[^。；，,！？:：]{2,36}(?:银行|分行|支行|总行|营业部|公司|信托|农商行|农信社|联社|信用社|卡中心|租赁|管理部|协会|委员会|监管局|管理局|金融局|事业部|实验室|研究院|人民政府)"
    r"(?:（[^（）]{1,12}）)?$"
)
NOT_INSTITUTION = re.compile(r"[“”《》]|助力|服务|打造|推动|支持|破解|赋能|创新|贷款|案例|——|为.*解")
FORM_NAME = re.compile(
    r"^附(?:件|表|录)\s*[\d０-９一二三四五六七八九十]*\s*[：:]?$|(?:申报表|推荐表|征集表|登记表|申报书|报送表|信息表|填报表|模板|模版)(?:（.*）)?$"
)
DATE_LINE = re.compile(
    r"^[（(]?(?:\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*(?:[\d一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*日)?)?[)）]?$"
)
SALUTATION = re.compile(
    r"^[^，。；、]{0,28}(?:协会|局|行|部|委员会|委|办公室|中心|单位|领导|公会|同业公会|工作组|贵会)\s*[：:]$"
)
LETTERHEAD = re.compile(r"^[^，。]{2,30}(?:文件|公函|便函|信函|简报)$|[〔\[［（(]20\d\d[〕\]］）)]\s*第?\s*\d+\s*号$")
# What the file is for: never the title where another line may be it.
OCCASION = re.compile(
    r"^关于.*的(?:函|报告|通知|请示|复函)$"
    r"|^[^，：:—]{0,24}(?:优秀案例|典型案例|案例征集|案例申报|案例报送|申报|报送|征集)(?:材料|稿件|稿|文稿|正文|内容)$"
    r"|^20\d\d\s*年?度?[^，：:—]{0,20}案例$"
)
BOXED = re.compile(r"[\[［（(]\s*[√✓✔vV☑]\s*[\]］）)]")
EMPTY_BOX = re.compile(r"[\[［（(][\s\u3000]*[\]］）)]|[☐○❑❒▢◻]")
TICKED = re.compile(r"☑[\s\u3000]*([^□☑\s\u3000、，；;]+)")
TICKED_BEHIND = re.compile(r"([^□☑\s\u3000、，；;]+)[\s\u3000]*☑")
SERIAL = re.compile(r"^案例\s*(?:[一二三四五六七八九十百]{1,3}|\d{1,3})\s*[：:、.．\s\u3000]\s*(?=\S)")
_PHRASES = "|".join(sorted((r"[\s\u3000]?".join(map(re.escape, name)) for name in SECTION_OF), key=len, reverse=True))
_LABELS = "|".join(sorted((r"[\s\u3000]*".join(map(re.escape, label)) for label in LABEL_OF), key=len, reverse=True))
RUN_IN = re.compile(
    rf"^[【\[〔「]?[\s\u3000]*(?P<phrase>{_PHRASES})[\s\u3000]*"
    r"(?:[】\]〕」][\s\u3000]*[：:]?|(?:[（(][^（）()]{1,30}[)）])?[：:])[\s\u3000]*(?P<rest>.+)$"
)
LABEL_LINE = re.compile(
    rf"(?:^|[\s\u3000；;])[【*＊]*(?P<label>{_LABELS})(?:[（(][^（）()]{{1,20}}[)）])?[\s\u3000】]*[：:]"
)


@dataclass(frozen=True)
class Name:
    """A line taken as a name: ``words`` without number and brackets; ``rank`` by its number, 0 if it has none."""

    words: str
    rank: int


def strip_number(text: str) -> Name:
    match = NUMBER.match(text)
    rank = int(match.lastgroup[1]) if match else 0
    return Name(text[match.end() :].strip(" \u3000") if match else text.strip(" \u3000"), rank)


def label_key(text: str) -> str:
    """Reduce a label to what is compared: without blanks, brackets, hints and the colon at its end."""
    bare = HINT.sub("", text)
    return re.sub(r"[\s\u3000]+", "", bare).translate(BRACKETS).rstrip("：:、.．")


def section_named(text: str) -> str:
    """Return the section whose name, or names, ``text`` is, number and hints aside; '' if it is none."""
    key = label_key(strip_number(text).words)
    if key in SECTION_OF or len(key) > MAX_NAME:
        return SECTION_OF.get(key, "")
    sections = {SECTION_OF.get(name) or SECTION_OF.get(QUALIFIER.sub("", name), "") for name in AND.split(key)}
    return sections.pop() if len(sections) == 1 else ""


def topic_of(words: str) -> str:
    """Return the section that a heading in a book's own words speaks of, by how its last clause ends; '' for none.

    银担合作，成效显著 speaks of results, 直面轻资产企业融资难 of background, 多措并举解决问题 of neither.
    """
    clause = re.split(r"[，,；;：:、！!—\s\u3000]+", label_key(words))[-1] if len(words) <= MAX_TOPIC else ""
    for section, (pattern, unless) in TOPICS.items():
        if pattern.search(clause) and not unless.search(words):
            return section
    return ""


def classify_heading(words: str) -> tuple[str, bool]:
    """Return (section, is it plain) for a heading that holds a name among other words (项目实施背景); ('', True) for none."""
    words = label_key(words)
    if len(words) > 14 or re.search(r"[，,；;！!？?“”]", words):
        return "", True
    found = [(words.rfind(phrase), phrase) for phrase in SECTION_OF if len(phrase) > 1 and phrase in words]
    taken: list[tuple[int, str]] = []
    for at, phrase in sorted(found, key=lambda item: (-len(item[1]), -item[0])):  # 案例内容提要 is a 内容提要
        if all(at + len(phrase) <= start or at >= start + len(other) for start, other in taken):
            taken.append((at, phrase))
    sections = list(dict.fromkeys(SECTION_OF[phrase] for _, phrase in sorted(taken)))
    return (sections[0], len(sections) == 1) if sections else ("", True)


def label_named(text: str) -> str:
    """Return the field whose label ``text`` is (申报单位 -> institution); '' if it is none."""
    return LABEL_OF.get(label_key(strip_number(text).words), "")


def labelled(text: str) -> list[tuple[str, str, str]]:
    """Read a line such as 申报单位：甲银行　类别：小微 as (field, label, value); empty if it does not begin with a label."""
    text = strip_number(text).words
    matches = list(LABEL_LINE.finditer(text))
    if not matches or matches[0].start() > 0:
        return []
    ends = [match.start() for match in matches[1:]] + [len(text)]
    found = []
    for match, end in zip(matches, ends, strict=True):
        label = label_key(match["label"])
        found.append((LABEL_OF[label], label, text[match.end() : end].strip(" \t\u3000；;_＿")))
    return found


def ticked(text: str) -> str:
    """Return what is ticked of a row of boxes (□服务小微 ☑绿色金融); a text without boxes as it is."""
    boxes = EMPTY_BOX.sub("□", BOXED.sub("☑", text))
    boxes = re.sub("[√✓✔☒■●]", "☑", boxes)
    if "☑" not in boxes or ("□" not in boxes and boxes[0] != "☑" and boxes[-1] != "☑"):
        return text
    found = TICKED.findall(boxes) if boxes[0] in "□☑" else TICKED_BEHIND.findall(boxes)
    return "、".join(found) or text


def is_institution(text: str) -> bool:
    return bool(INSTITUTION.match(text)) and not NOT_INSTITUTION.search(text)
