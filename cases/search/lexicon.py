"""What readers say and what the collection says: maintained by hand, in groups that mean the same to a searcher."""

# Words of a question that say nothing about what is sought.
STOP_WORDS = frozenset(
    "怎么 怎么办 怎样 怎么样 如何 什么 哪些 哪个 哪家 哪里 哪儿 哪种 谁 为什么 为何 多少 几个 有没有 有 没 能 能否 能不能 可以 可不可以 "
    "是 是否 是不是 会 会不会 要 想 想要 需要 应该 请问 吗 呢 吧 啊 呀 的 地 得 了 着 过 我 我们 你 您 他 它 她 自己 我家 "
    "和 与 及 或 或者 以及 在 对 给 被 把 从 到 向 为 用 由 让 使 就 都 也 还 又 很 太 最 更 比较 这 那 这个 那个 这些 "
    "一个 一下 一些 一种 个 们 之 其 等 吧 帮 帮我 帮助 帮忙 找 查 看看 介绍 关于 有关 方面 情况 案例 例子 做法 办法 方法 获得 得到 "
    "解决 问题 做 办 来 去 上 里 中 时 后 时候 以后 之后 怎 咋 咋办 哪 不 拿 拿来 用来 请 如果 因为 所以 但 但是 现在 多久 到底 才 才能 "
    "只 只有 只能 那么 嘛 么 啥 咱 咱们 了吗 怎么才能 该 该怎么办 "
    "a an and are by can do does for from how in instead is it of on or the through to what which who with without".split()
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
交税 纳税 缴税 报税 税务 涉税
借钱 借款 借贷 贷款
看病 看病难 就医 医疗 诊疗 健康
山村 乡村 农村 山区 村庄
年轻人 青年
大学生 毕业生 学生
螃蟹 青蟹
种地 种田 种植 农业生产
养鱼 养殖 水产 渔业
助农 农产品 消费扶贫 惠农
合并 重组 兼并 并购 整合
入股 股权 投资 认股 投贷联动
环卫工 环卫工人 户外劳动者 劳动者
歇脚 休息 歇歇脚
聊天机器人 机器人 智能客服
关门 停业 歇业 停工
还不上 还不起 付不出 延期还款 还款困难
单子 订单
没钱 缺钱 资金紧张 资金短缺 资金周转
证照 执照 营业执照
先心病 先天性心脏病
打工 务工 外出务工
网店 电商 店铺
直播 带货 直播带货
补贴 补助 贴息
学费 助学 学杂费
修路 道路 基础设施
下岗 失业 就业 稳岗
水灾 洪灾 救灾 受灾
开公司 开办企业 工商登记
粮食 水稻 玉米 大豆
房租 租金 租赁住房
刷脸 人脸识别
造假 伪造 虚假
催债 催收 清收
坏账 不良贷款 不良率 不良
电动车 新能源汽车 新能源车 电动汽车
公交车 公交 客车
送餐 外卖 骑手 外卖员
果子 水果 果蔬
老外 境外 海外 国外
房本 房产证 房产
火车 铁路
广东话 粤语
过户 不动产登记
包工头 农民工 工地
剩饭 剩菜 粮食浪费 浪费
脏水 污水 污染
老头 老太 老太太 老大爷 老年 老人
生意 经营
柜台 柜面 网点 窗口
手机上 线上
定期 存款
""".strip().splitlines()
)

# What an English word finds; only from English to Chinese.
ENGLISH = {
    word: tuple(meanings.split())
    for line in """
sme smes msme: 中小企业 小微企业 小微
small micro: 小微 小微企业
business firm enterprise company companies: 企业 公司
loan loans lending credit: 贷款 信贷 授信
borrower borrowers: 借款人 客户
bank banks banking: 银行
green: 绿色
climate environment environmental: 环保 绿色 低碳
carbon: 碳 低碳
bond bonds: 债券
note notes bill bills: 票据
discount rediscount: 贴现 再贴现
finance financial financing: 金融 融资
inclusive: 普惠
poverty: 扶贫 脱贫
relief: 扶贫 纾困 救灾
rural village villages: 农村 乡村
farmer farmers agriculture agricultural farming: 农户 农业 农民
crab crabs: 青蟹
supply chain: 供应链
patent patents ip intellectual: 专利 知识产权
pledge pledged collateral mortgage: 质押 抵押
unsecured: 信用贷款 无抵押
guarantee guarantees guaranteed: 担保
insurance: 保险
lease leasing: 租赁
rent rental renting housing home homes: 租房 住房 租赁
electric: 电动 新能源
bus buses: 公交 客车
vehicle vehicles car cars: 车 汽车
energy: 能源
epidemic pandemic covid coronavirus: 疫情 抗疫
hospital hospitals medical medicine health: 医院 医疗 医药
mask masks: 口罩
resume resumption reopening: 复工 复产
wage wages salary salaries payroll: 工资 代发工资
consumer consumers: 消费者
protection: 保护 消保
elderly ageing aging seniors: 老年 适老 老人
disabled disability: 残疾人 残障
student students school education: 学生 教育
child children: 儿童
fraud scam scams: 欺诈 诈骗
anti: 反
money laundering aml: 反洗钱
risk risks: 风险
control: 风控
digital: 数字 数字化
data: 数据
big: 大数据
ai intelligence: 人工智能 智能
blockchain: 区块链
robot chatbot: 机器人
face facial: 人脸
recognition: 识别
mobile app: 手机银行
payment payments: 支付
cross border: 跨境
export exports exporter exporters: 出口 外贸
import imports: 进口
trade: 贸易 外贸
currency forex fx exchange: 外汇 汇率
hedge hedging: 套期保值 避险
account accounts: 账户
overseas foreign: 境外 海外
hong kong: 香港
macao macau: 澳门
bay area gba: 大湾区
shenzhen: 深圳
guangdong: 广东
zhejiang: 浙江
guangzhou: 广州
foshan: 佛山
technology tech: 科技
science scientific: 科技
innovation innovative: 创新
startup startups entrepreneur entrepreneurs: 创业 初创
equity venture: 股权 投资
trust: 信托
charity donation: 慈善 捐赠
tax taxes: 纳税 税务
government: 政府 政务
procurement: 政府采购 采购
platform: 平台
interest rate rates: 利率
deferral extension rollover: 延期 续贷
renewal: 续贷
waste: 固废 垃圾
nuclear: 核
wind solar photovoltaic: 风电 光伏
chip chips semiconductor: 芯片
logistics: 物流
restaurant restaurants catering: 餐饮
retail shop shops: 零售 小店
employment job jobs: 就业
talent: 人才
""".strip().splitlines()
    for words, meanings in [line.split(": ")]
    for word in words.split()
}


def dictionary() -> set[str]:
    """Every word above that must not be cut when a query is read."""
    return {word for group in SYNONYMS for word in group} | {word for word in STOP_WORDS if len(word) > 1}


SYNONYMS_OF: dict[str, tuple[str, ...]] = {
    word: tuple(other for group in SYNONYMS if word in group for other in group if other != word)
    for group in SYNONYMS
    for word in group
}
SYNONYMS_OF |= {word: (*SYNONYMS_OF.get(word, ()), *meanings) for word, meanings in ENGLISH.items()}
