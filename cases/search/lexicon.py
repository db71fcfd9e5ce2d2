"""What readers say and what the collection says: maintained by hand, in groups that mean the same to a searcher."""

# Words of a question that say nothing about what is sought.
STOP_WORDS = frozenset(
    "怎么 怎么办 怎样 怎么样 如何 什么 哪些 哪个 哪家 哪里 哪儿 哪种 谁 为什么 为何 多少 几个 有没有 有 没 能 能否 能不能 可以 可不可以 "
    "是 是否 是不是 会 会不会 要 想 想要 需要 应该 请问 吗 呢 吧 啊 呀 的 地 得 了 着 过 我 我们 你 您 他 它 她 自己 我家 "
    "和 与 及 或 或者 以及 在 对 给 被 把 从 到 向 为 用 由 让 使 就 都 也 还 又 很 太 最 更 比较 这 那 这个 那个 这些 "
    "一个 一下 一些 一种 个 们 之 其 等 吧 帮 帮我 帮助 帮忙 找 查 看看 介绍 关于 有关 方面 情况 案例 例子 做法 办法 方法 获得 得到 "
    "解决 问题 做 办 来 去 上 里 中 时 后 时候 以后 之后 怎 咋 咋办 哪 不 拿 拿来 用来 请 如果 因为 所以 但 但是 现在 多久 到底 才 才能 "
    "只 只有 只能 那么 嘛 么 啥 咱 咱们 了吗 怎么才能 该 该怎么办".split()
)

# Said in nearly every case, so no sign that two are alike.
EVERYWHERE = frozenset(
    "银行 企业 客户 金融 贷款 服务 业务 公司 万元 亿元 深圳 分行 小微 年末 月末 累计 办理 提供".split()
)

# Any of a group finds all of it, the word itself a little ahead.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("abn", "资产支持票据"),
    ("abs", "资产支持证券", "资产证券化"),
    ("ppn", "定向债务融资工具"),
    ("scp", "超短期融资券", "超短融"),
    ("ft账户", "自由贸易账户", "自贸账户"),
    ("ipo", "上市"),
    ("ai", "人工智能", "智能"),
    ("app", "手机银行"),
    ("老人", "老年人", "老年", "长者", "老龄", "老年消费者"),
    ("残疾人", "残障人士", "残障", "助残", "残疾"),
    ("骗子", "诈骗", "电信诈骗", "欺诈", "被骗", "骗局", "防骗"),
    ("疫情", "抗疫", "新冠", "防疫", "新冠肺炎", "战疫"),
    ("复工", "复产", "复工复产", "开工"),
    ("工资", "薪金", "薪酬", "发工资", "代发工资"),
    ("专利", "知识产权", "商标", "著作权", "版权", "知产"),
    ("出口", "外贸", "跨境电商", "进出口"),
    ("汇率", "外汇", "避险", "套期保值"),
    ("扶贫", "脱贫", "贫困", "脱贫攻坚"),
    ("农民", "农户", "村民"),
    ("绿色", "环保", "低碳", "碳中和"),
    ("买房", "租房", "住房", "公租房", "人才房"),
    ("打款", "收款", "结算"),
    ("小企业", "小微企业", "小微", "中小企业", "中小微企业"),
    ("个体户", "个体工商户", "小老板", "小店", "店主"),
    ("科技公司", "科技企业", "科创企业", "科技型企业", "高新技术企业", "科创"),
    ("快递", "物流", "邮寄"),
    ("信用卡", "卡中心"),
    ("大数据", "数据"),
    ("漫画", "动漫"),
    ("孩子", "儿童", "青少年", "学生"),
    ("医院", "医疗", "医药"),
    ("口罩", "防护物资", "防疫物资"),
    ("司机", "网约车", "出租车"),
    ("光伏", "太阳能"),
    ("垃圾", "固废", "垃圾焚烧"),
    ("红酒", "葡萄酒"),
    ("开票", "票据", "承兑汇票", "商票", "银票"),
    ("贴现", "票据贴现"),
    ("国家开发银行", "国开行", "开行"),
    ("房产", "不动产", "房屋", "房子"),
    ("亚马逊", "amazon"),
    ("餐馆", "餐厅", "饭店", "餐饮"),
    ("农商银行", "农商行", "农村商业银行"),
)

# What a reader with the problem would type, by the slug of the term that names it.
PLAIN_WORDS: dict[tuple[str, str], str] = {
    (
        "need",
        "no-collateral",
    ): "没有抵押 没抵押 无抵押 免抵押 没有抵押物 缺抵押 没有担保 没担保 免担保 无担保 没有房产 没房子 信用不够 轻资产",
    (
        "need",
        "working-capital",
    ): "缺钱 没钱 缺资金 资金紧张 周转不开 周转不灵 流动资金 资金链 发不出工资 发工资 钱不够 现金流 资金短缺 周转",
    (
        "need",
        "repayment-pressure",
    ): "还不上 还不起 还款难 还贷 还款压力 延期 展期 续贷 晚点还 推迟还款 无还本续贷 月供 逾期",
    ("need", "high-cost"): "利息高 太贵 便宜 低利率 利率低 降息 降成本 贷款贵 融资贵 省钱 贴息 减免",
    ("need", "urgent-funding"): "急用钱 马上 尽快 当天放款 快速放款 应急 急需 等不起 加急 最快 放款快",
    ("need", "information-gap"): "信息不对称 找不到银行 银行不了解 不了解企业 没有信用记录 征信 白户 首贷",
    ("need", "long-term-capital"): "长期贷款 长期资金 中长期 股权 资本金 期限长",
    ("need", "idle-assets"): "应收账款 货款收不回 账期长 盘活资产 盘活 押款 回款慢 欠款",
    ("need", "ip-monetization"): "专利贷款 专利质押 版权质押 商标质押 知识产权变现 知识产权质押 软件著作权",
    ("need", "cross-border-payment"): "收外汇 收汇 跨境收款 海外付款 跨境汇款 国外汇款 结汇 换汇 外汇 汇款 境外收入",
    ("need", "price-risk"): "汇率波动 汇率风险 外汇风险 价格波动 避险 套保 锁汇",
    ("need", "branch-access"): "不用去网点 不去银行 线上办理 上门 远程 在家办 不方便出门 网点远 没有网点",
    ("need", "fraud"): "诈骗 被骗 骗子 防骗 防诈骗 电信诈骗 反诈 盗刷 欺诈 骗局",
    ("need", "financial-literacy"): "金融知识 不懂金融 宣传教育 普及 课堂 讲座 看不懂 宣教",
    ("need", "income-poverty"): "脱贫 增收 扶贫 贫困 穷 山区 就业 帮扶",
    ("need", "emergency-response"): "疫情 灾害 台风 突发 应急 抗疫 保障 救灾",
    ("need", "environment-cost"): "环保 污染 治理 垃圾 碳 节能 减排 绿色",
    ("need", "service-efficiency"): "排队 慢 手续多 麻烦 流程长 等太久 材料多 效率 体验",
    ("need", "risk-identification"): "识别风险 风控 坏账 不良 反洗钱 假 虚假 风险预警",
    ("need", "housing"): "租房 买房 住房 公寓 人才房 租赁住房 房租",
    ("audience", "small-business"): "小企业 小公司 中小企业 民营企业 中小微企业 小微 创业",
    ("audience", "self-employed"): "个体户 小老板 店主 摆摊 开店 个体工商户 小店 摊主 小微业主 生意",
    ("audience", "tech-company"): "科技公司 科技企业 高新技术企业 初创企业 科技型企业 创业公司 研发",
    ("audience", "manufacturer"): "工厂 制造业 制造 厂家 生产企业",
    ("audience", "trader"): "外贸 出口 进口 跨境电商 做外贸 外贸企业 卖家 网店",
    ("audience", "healthcare"): "医院 医药 药企 口罩 医疗 医护 防护服",
    ("audience", "supply-chain-firm"): "供应商 经销商 上下游 供应链 核心企业",
    ("audience", "large-enterprise"): "集团 大企业 国企 上市公司 央企",
    ("audience", "catering-retail"): "餐馆 饭店 餐饮 超市 零售 酒店 旅游 商户",
    ("audience", "farmer"): "农民 农户 种植 养殖 合作社 农业 三农 农产品",
    ("audience", "poor-area"): "贫困村 贫困县 山区 扶贫 对口帮扶 乡村",
    ("audience", "consumer"): "个人 消费者 客户 老百姓 市民 居民",
    ("audience", "vulnerable"): "老人 老年人 残疾人 盲人 聋人 轮椅 残障 长者 适老",
    ("audience", "student"): "学生 孩子 儿童 校园 青少年 学校 大学生",
    ("audience", "new-citizen"): "外来务工 打工 人才 租客 新市民 外国人 留学生 毕业生",
    ("audience", "government"): "政府 机关 财政 事业单位 公共",
    ("instrument", "credit-loan"): "信用贷 纯信用 信用贷款 无抵押贷款",
    ("instrument", "renewal"): "续贷 展期 延期还本付息 无还本续贷 延期还款",
    ("instrument", "fee-cut"): "降费 免手续费 减免 降息 优惠利率 让利",
    ("instrument", "ip-finance"): "知识产权质押 专利质押 商标质押 著作权质押",
    ("instrument", "supply-chain-finance"): "供应链金融 保理 应收账款质押 订单融资",
    ("instrument", "leasing"): "融资租赁 租赁 设备租赁 直租 回租",
    ("instrument", "charity"): "捐款 捐赠 公益 慈善 志愿者",
    ("instrument", "ai-model"): "人工智能 机器学习 大数据风控 智能 模型 算法",
    ("instrument", "fx-hedging"): "远期结汇 外汇衍生 避险 期权 掉期",
    ("instrument", "trade-finance"): "信用证 国际结算 跨境结算 福费廷 贸易融资",
    ("instrument", "online-platform"): "线上 小程序 手机银行 网上 平台 app",
}


def plain_words(facet: str, slug: str) -> str:
    """Other ways to say a term, separated by spaces; empty where none are known."""
    return PLAIN_WORDS.get((facet, slug), "")


def dictionary() -> set[str]:
    """Every word above that must not be cut when a query is read."""
    words = {word for text in PLAIN_WORDS.values() for word in text.split()}
    return words | {word for group in SYNONYMS for word in group} | {word for word in STOP_WORDS if len(word) > 1}


SYNONYMS_OF: dict[str, tuple[str, ...]] = {
    word: tuple(other for group in SYNONYMS if word in group for other in group if other != word)
    for group in SYNONYMS
    for word in group
}
