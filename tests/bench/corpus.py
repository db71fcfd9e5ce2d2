"""Cases by the ten thousand for measuring, recombined from the real ones: the same seed gives the same corpus.

    DATABASE_URL=… python -m tests.bench.corpus 10000

Sentences come from the fixtures, section by section, with other names, figures and places put in; institutions,
keywords and collections grow with the number of cases, and their use is as uneven as in life.
"""

import random
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

SEED = 20201121
BATCH = 2000
FIGURE = re.compile(r"(?<![\d.~-])\d{2,5}(?![\d年月日~-])")
SECTIONS = ("background", "approach", "results")
PLACES = ["深圳", "广州", "佛山", "东莞", "惠州", "珠海", "中山", "湛江", "杭州", "温州", "台州", "湖州", "衢州", "宁波", "绍兴", "苏州", "无锡", "南通", "武汉", "宜昌", "襄阳", "长沙", "株洲", "成都", "泸州", "绵阳", "重庆", "贵阳", "遵义", "昆明", "大理", "南宁", "百色", "福州", "泉州", "厦门", "南昌", "赣州", "合肥", "芜湖", "郑州", "洛阳", "济南", "青岛", "菏泽", "太原", "吕梁", "西安", "延安", "兰州", "银川", "西宁", "拉萨", "日喀则", "乌鲁木齐", "呼和浩特", "沈阳", "大连", "长春", "哈尔滨", "海口", "三亚"]  # fmt: skip
SYLLABLES = "惠融信通达云智易快捷安农商税票链微科创绿碳普薪订单保租旅港桥帆航星晨远嘉丰禾瑞鑫盛源博雅恒泰"
KINDS = ("贷", "贷", "贷", "通", "宝", "保", "票", "易", "计划", "平台")
BANKS = ("农村商业银行", "村镇银行", "城市商业银行", "银行分行", "融资担保公司")


class Pool:
    """The pieces cases are made of, and the rows they point to."""

    def __init__(self, rng: random.Random, size: int) -> None:
        from cases.models import Case, Category, Collection, Institution, Term  # noqa: PLC0415

        self.rng = rng
        originals = list(Case.objects.select_related("institution").prefetch_related("terms", "figures"))
        self.sentences = {
            name: _sentences(getattr(case, name) for case in originals) for name in (*SECTIONS, "summary")
        }
        self.titles = [part for case in originals for part in re.split(r"[，。！：—\s]+", case.title) if len(part) > 3]
        self.figures = [
            (f.label, f.value, f.unit, f.number) for case in originals for f in case.figures.all() if f.is_headline
        ]
        self.named = sorted({name for case in originals for name in _names(case.institution)}, key=len, reverse=True)
        self.any_name = re.compile("|".join(map(re.escape, self.named)))
        self.categories = list(Category.objects.all())
        self.institutions = [*Institution.objects.all(), *_institutions(rng, size // 200)]
        self.collections = [*Collection.objects.all(), *_collections(size // 1000)]
        self.keywords = [*Term.objects.filter(facet="keyword"), *_keywords(rng, size // 50)]
        self.terms = {
            facet: list(Term.objects.filter(facet=facet)) for facet in ("audience", "need", "instrument", "priority")
        }
        for rows in (self.institutions, self.keywords, *self.terms.values()):
            rng.shuffle(rows)
        self.weights = {
            len(rows): list(accumulate(1 / (n + 3) for n in range(len(rows))))
            for rows in (self.institutions, self.keywords, self.categories, self.collections, *self.terms.values())
        }

    def pick(self, rows: list):
        """One of the rows, the first ones far more often."""
        return self.rng.choices(rows, cum_weights=self.weights[len(rows)])[0]

    def some(self, rows: list, low: int, high: int) -> list:
        return list({row.pk: row for row in (self.pick(rows) for _ in range(self.rng.randint(low, high)))}.values())

    def text(self, section: str, count: int, names: list[str]) -> str:
        chosen = "".join(self.rng.choices(self.sentences[section], k=count))
        chosen = self.any_name.sub(lambda match: self.rng.choice(names), chosen)
        return FIGURE.sub(lambda match: str(self.rng.randint(10, 10 ** len(match[0]))), chosen)


def build(size: int, *, on_batch=lambda count: None) -> None:
    """Fill the database in use up to ``size`` cases, the fixtures' own included; the index is not touched."""
    from cases.models import Case, KeyFigure  # noqa: PLC0415

    rng = random.Random(SEED)
    pool = Pool(rng, size)
    through = Case.terms.through
    missing = size - Case.objects.count()
    for start in range(0, missing, BATCH):
        made = [_case(pool, start + n) for n in range(min(BATCH, missing - start))]
        cases = Case.objects.bulk_create([case for case, _, _ in made])
        through.objects.bulk_create(
            (
                through(case_id=case.pk, term_id=term.pk)
                for case, (_, terms, _) in zip(cases, made, strict=True)
                for term in terms
            ),
            batch_size=5000,
        )
        KeyFigure.objects.bulk_create(
            (
                KeyFigure(case=case, order=n, label=label, value=value, unit=unit, number=number, is_headline=n < 3)
                for case, (_, _, figures) in zip(cases, made, strict=True)
                for n, (label, value, unit, number) in enumerate(figures)
            ),
            batch_size=2000,
        )
        on_batch(len(cases))


def _case(pool: Pool, n: int):
    from cases.models import Case  # noqa: PLC0415

    rng, institution = pool.rng, pool.pick(pool.institutions)
    names, place, keywords = _names(institution), rng.choice(PLACES), pool.some(pool.keywords, 2, 6)
    product = keywords[0].name
    title = rng.choice(
        (
            f"{names[-1]}{rng.choice(pool.titles)}",
            f"{rng.choice(pool.titles)}——{product}在{place}",
            rng.choice(pool.titles),
        )
    )
    case = Case(
        code=f"x{n // 9000:03d}-{n // 90 % 100:02d}{n % 90 + 10}-{n}"[:32],
        title=title[:120],
        subtitle="",
        collection=pool.pick(pool.collections),
        category=pool.pick(pool.categories),
        institution=institution,
        order=n % 900 + 1,
        summary=pool.text("summary", 1, names)[:200],
        background=pool.text("background", rng.randint(3, 7), names),
        approach=f"推出“{product}”，落地{place}。" + pool.text("approach", rng.randint(8, 20), names),
        results=pool.text("results", rng.randint(3, 9), names),
        regions=place,
        status="published" if rng.random() < 0.97 else "draft",
        published_at=datetime(2016, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randint(0, 4_700_000)),
    )  # fmt: skip
    terms = [*keywords, *pool.some(pool.terms["audience"], 1, 3), *pool.some(pool.terms["need"], 1, 4)]
    terms += [*pool.some(pool.terms["instrument"], 1, 3), *pool.some(pool.terms["priority"], 1, 2)]
    return case, terms, rng.sample(pool.figures, rng.randint(2, 5))


def _sentences(texts) -> list[str]:
    parts = (part for text in texts for part in re.split(r"(?<=[。！？])\s*|\n+", text))
    return [part.strip() for part in parts if len(part.strip()) > 8]


def _names(institution) -> list[str]:
    return [institution.name, institution.short_name]


def _product(rng: random.Random) -> str:
    return "".join(rng.sample(SYLLABLES, rng.randint(2, 3))) + rng.choice(KINDS)


def _institutions(rng: random.Random, count: int) -> Iterator:
    from cases.models import Institution  # noqa: PLC0415

    rows = []
    for n in range(count):
        stem = rng.choice(PLACES) + "".join(rng.sample(SYLLABLES, 2))
        kind = rng.choice(BANKS)
        rows.append(
            Institution(name=f"{stem}{kind}股份有限公司{n}", short_name=f"{stem}{kind[-2:]}{n}", slug=f"bench-{n}", type=rng.choice(("rural", "village", "city")))
        )  # fmt: skip
    return Institution.objects.bulk_create(rows)


def _collections(count: int) -> list:
    from cases.models import Collection  # noqa: PLC0415

    rows = [
        Collection(title=f"银行业普惠金融案例集第{n}辑", slug=f"bench{n}", publisher="协会", year=2010 + n % 16)
        for n in range(count)
    ]
    return Collection.objects.bulk_create(rows)


def _keywords(rng: random.Random, count: int) -> list:
    from cases.models import Term  # noqa: PLC0415

    known = set(Term.objects.filter(facet="keyword").values_list("name", flat=True))
    names = list(dict.fromkeys(name for name in (_product(rng) for _ in range(count)) if name not in known))
    return Term.objects.bulk_create(
        [Term(facet="keyword", name=name, slug=f"bench-{n}") for n, name in enumerate(names)]
    )


def main() -> None:
    import django  # noqa: PLC0415 -- DATABASE_URL is read when settings load

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from tqdm import tqdm  # noqa: PLC0415

    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    with tqdm(total=size, unit="篇") as bar:
        build(size, on_batch=bar.update)
    call_command("reindex", verbosity=1)


if __name__ == "__main__":
    main()
