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

# Said after a verb, that it succeeded, and seldom written: 租到 -> 租.
COMPLEMENTS = frozenset("到得着好完成")

# Said in nearly every case, so no sign that two are alike.
CORPUS_STOP_WORDS = frozenset(
    "银行 企业 客户 金融 贷款 服务 业务 公司 万元 亿元 深圳 分行 小微 年末 月末 累计 办理 提供".split()
)

SIGNATURE = 40  # pairs of characters that mark a text, for likeness

# Any of a group finds all of it, the word itself a little ahead.
SYNONYMS = tuple(
    tuple(line.split())
    for line in """
abn 资产支持票据
abs 资产支持证券 资产证券化
ppn 定向债务融资工具
scp 超短期融资券 超短融
ft账户 自由贸易账户 自贸账户
ipo 上市
ai 人工智能 智能
app 手机银行
老人 老年人 老年 长者 老龄 老年消费者
残疾人 残障人士 残障 助残 残疾
骗子 诈骗 电信诈骗 欺诈 被骗 骗局 防骗
疫情 抗疫 新冠 防疫 新冠肺炎 战疫
复工 复产 复工复产 开工
工资 薪金 薪酬 发工资 代发工资
专利 知识产权 商标 著作权 版权 知产
出口 外贸 跨境电商 进出口
汇率 外汇 避险 套期保值
扶贫 脱贫 贫困 脱贫攻坚
农民 农户 村民
绿色 环保 低碳 碳中和
买房 租房 住房 公租房 人才房
打款 收款 结算
小企业 小微企业 小微 中小企业 中小微企业
个体户 个体工商户 小老板 小店 店主
科技公司 科技企业 科创企业 科技型企业 高新技术企业 科创
快递 物流 邮寄
信用卡 卡中心
大数据 数据
漫画 动漫
孩子 儿童 青少年 学生
医院 医疗 医药
口罩 防护物资 防疫物资
司机 网约车 出租车
光伏 太阳能
垃圾 固废 垃圾焚烧
红酒 葡萄酒
开票 票据 承兑汇票 商票 银票
贴现 票据贴现
国家开发银行 国开行 开行
房产 不动产 房屋 房子
亚马逊 amazon
餐馆 餐厅 饭店 餐饮
农商银行 农商行 农村商业银行
""".strip().splitlines()
)


def dictionary() -> set[str]:
    """Every word above that must not be cut when a query is read."""
    return {word for group in SYNONYMS for word in group} | {word for word in STOP_WORDS if len(word) > 1}


SYNONYMS_OF: dict[str, tuple[str, ...]] = {
    word: tuple(other for group in SYNONYMS if word in group for other in group if other != word)
    for group in SYNONYMS
    for word in group
}
