"""What stands in a Word text and what becomes of it, element by element."""

from io import BytesIO

import pytest

from cases.word.recognition.parser import read_case
from tests.word.docx_raw import (
    NS,
    NUMBERING,
    STYLES,
    bold,
    case,
    field,
    image_bytes,
    level,
    numbered,
    p,
    parts_of,
    picture,
    r,
    raw_docx,
    relationships,
    tbl,
    tc,
    zipped,
)

GRID = '<w:gridSpan w:val="2"/>'


def read(body, *rels, **more):
    return read_case(BytesIO(raw_docx(body, *rels, styles=STYLES, numbering=NUMBERING, **more)), "来稿.docx")


def approach(*blocks, rels=(), **more):
    return read(case(*blocks), *rels, **more).approach


def notices(document, kind):
    return [notice.text for notice in document.notices if notice.level == kind]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([p("前", bold("粗"), "后")], "前**粗**后"),
        ([p(bold("全部加粗，是一句话。"))], "**全部加粗，是一句话。**"),
        ([p(bold("粗 "), bold("体"), "后")], "**粗 体**后"),
        ([p("甲", "<w:r><w:br/></w:r>", "乙")], "甲\n\n乙"),
        ([p("甲", "<w:r><w:tab/></w:r>", "乙")], "甲 乙"),
        ([p("\u3000\u3000段首空格\u3000中间的留下")], "段首空格\u3000中间的留下"),
        ([p("表情😀照写")], "表情😀照写"),
        ([p("不断行", "<w:r><w:noBreakHyphen/></w:r>", "连字符")], "不断行-连字符"),
        ([p("勾", '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')], "勾✓"),
        ([p("零宽\u200b字符\ufeff去掉")], "零宽字符去掉"),
        ([p("反向\u202e控制符")], "反向控制符"),
        ([p(r("<script>alert(1)</script>"))], "&lt;script>alert(1)&lt;/script>"),
        ([p("利率 < 4%，A & B")], "利率 < 4%，A & B"),
        ([p("写成 &lt; 的照写")], "写成 &amp;lt; 的照写"),
        ([p("3. 不是列表")], "3\\. 不是列表"),
        ([p("3) 不是列表")], "3\\) 不是列表"),
        ([p("3.85% 的利率")], "3.85% 的利率"),
        ([p("# 不是标题")], "\\# 不是标题"),
        ([p("- 不是列表")], "\\- 不是列表"),
        ([p("> 不是引用")], "\\> 不是引用"),
        ([p("-----")], "\\-----"),
        ([p("a*b*c 和 `d` 和 _e_")], "a\\*b\\*c 和 \\`d\\` 和 \\_e\\_"),
        ([p("file_name_x")], "file_name_x"),
        ([p("[文字](http://a.cn)")], "\\[文字](http://a.cn)"),
        ([p("银发〔2020〕15 号 [2020]")], "银发〔2020〕15 号 [2020]"),
        ([p("C:\\temp")], "C:\\\\temp"),
        ([numbered("第一", 1), numbered("第二", 1)], "1. 第一\n2. 第二"),
        ([numbered("第一", 1), p("插一段。"), numbered("第二", 1)], "1. 第一\n\n插一段。\n\n2. 第二"),
        ([numbered("甲", 2), numbered("乙", 2, 1), numbered("丙", 2)], "- 甲\n    - 乙\n- 丙"),
        ([numbered("甲", 2, 3)], "- 甲"),
        ([numbered("甲", 1), numbered("乙", 2)], "1. 甲\n\n- 乙"),
        ([numbered("推出产品", 3, 1), p("一段。")], "### （一）推出产品\n\n一段。"),
        ([p("小标题", style="H2"), p("一段。")], "### 小标题\n\n一段。"),
        ([p("自定样式的小标题", style="Mine"), p("一段。")], "### 自定样式的小标题\n\n一段。"),
        ([p("大", style="H2"), p("小", props='<w:outlineLvl w:val="2"/>'), p("文。")], "### 大\n\n#### 小\n\n文。"),
        ([p(bold("手工小标题")), p("一段。")], "### 手工小标题\n\n一段。"),
        ([p("（一）手工编号"), p("一段。")], "### （一）手工编号\n\n一段。"),
        ([p("（一）这是一句完整的话。")], "（一）这是一句完整的话。"),
        ([tbl(["项目", "金额"], ["小微", "3|4 亿元"])], "| 项目 | 金额 |\n| --- | --- |\n| 小微 | 3\\|4 亿元 |"),
        ([tbl(["一", "二"], [tc("甲", "乙"), "丙"])], "| 一 | 二 |\n| --- | --- |\n| 甲 乙 | 丙 |"),
        (
            [tbl(["一", "二"], [tc("跨两列", props=GRID)])],
            "| 一 | 二 |\n| --- | --- |\n| 跨两列 |  |",
        ),
        (
            [
                tbl(
                    ["一", "二"],
                    [tc("跨行", props='<w:vMerge w:val="restart"/>'), "甲"],
                    [tc("", props="<w:vMerge/>"), "乙"],
                )
            ],
            "| 一 | 二 |\n| --- | --- |\n| 跨行 | 甲 |\n| 跨行 | 乙 |",
        ),
        ([tbl([tc("框里的话")])], "框里的话"),
        ([tbl(["一", "二"], [tc(tbl(["内", "表"]) + p("")), "外"])], "| 一 | 二 |\n| --- | --- |\n| 内，表 | 外 |"),
        (
            [p("留", "<w:ins>" + r("新增") + "</w:ins>", "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>")],
            "留新增",
        ),
        ([p("移来", "<w:moveFrom>" + r("移走") + "</w:moveFrom>", "<w:moveTo>" + r("的") + "</w:moveTo>")], "移来的"),
        ([p("上半", props="<w:rPr><w:del/></w:rPr>"), p("下半")], "上半下半"),
        ([p("看", r("不见", "<w:vanish/>"), "见")], "看见"),
        ([p("看", r("不见", '<w:rStyle w:val="Hid"/>'), "见")], "看见"),
        (["<w:sdt><w:sdtContent>" + p("控件里的段") + "</w:sdtContent></w:sdt>"], "控件里的段"),
        ([p("<w:sdt><w:sdtContent>" + r("控件里的字") + "</w:sdtContent></w:sdt>")], "控件里的字"),
        ([p(field("PAGE", "7"), "页码不要")], "页码不要"),
        ([p("日期 ", field("DATE", "2020 年 9 月"))], "日期 2020 年 9 月"),
        ([p("简单域 ", '<w:fldSimple w:instr="REF x">' + r("引用") + "</w:fldSimple>")], "简单域 引用"),
        ([p("见", field('HYPERLINK "https://a.cn/x"', "这里"))], "见[这里](https://a.cn/x)"),
        ([p("<w:smartTag>" + r("深圳") + "</w:smartTag>", "市")], "深圳市"),
        ([p("汉", "<w:ruby><w:rt>" + r("yín") + "</w:rt><w:rubyBase>" + r("银") + "</w:rubyBase></w:ruby>")], "汉银"),
        ([p("x = ", "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>")], "x = a+b"),
        ([p("y = ", "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num></m:f></m:oMath>")], "y = 〔公式〕"),
    ],
)
def test_text_becomes_markdown_that_says_the_same(blocks, expected):
    assert approach(*blocks) == expected


@pytest.mark.parametrize(
    ("block", "kind", "words"),
    [
        (p("文", '<w:r><w:commentReference w:id="1"/></w:r>'), "left", "批注 1 条"),
        (p("文", r("藏", "<w:vanish/>")), "left", "隐藏的文字 1 处"),
        (p("文", "<w:ins>" + r("新") + "</w:ins>"), "unsure", "修订 1 处"),
        (p("文", '<w:r><w:drawing><c:chart r:id="x"/></w:drawing></w:r>'), "left", "图表 1 个"),
        (p("文", '<w:r><w:drawing><dgm:relIds r:dm="x"/></w:drawing></w:r>'), "left", "SmartArt 图示 1 个"),
        (p("文", '<w:r><w:object><o:OLEObject r:id="x"/></w:object></w:r>'), "left", "对象 1 个"),
        (p("文", "<m:oMath><m:rad><m:e/></m:rad></m:oMath>"), "left", "公式 1 处"),
        (
            p("文", '<w:r><w:sym w:font="Webdings" w:char="ZZZZ"/></w:r>') + '<w:altChunk r:id="x"/>',
            "left",
            "其他文档 1 个",
        ),
        (p("文", picture("none")), "left", "图片 1 张不在文件里"),
        (p("目录一行\t3", style="TOC1"), "taken", "目录"),
        (tbl(["一", "二"], [tc("跨", props=GRID)]), "unsure", "合并单元格"),
    ],
)
def test_what_is_not_text_is_told(block, kind, words):
    assert any(words in text for text in notices(read(case(p("正文。"), block)), kind))


def test_a_contents_list_is_left_out_and_the_text_after_it_is_not():
    toc = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = toc + "<w:sdtContent>" + p("一、案例背景\t1") + "</w:sdtContent></w:sdt>" + case(p("做了。"))
    document = read(body)
    assert (document.background, document.approach) == ("背景文字。", "做了。")


def test_a_contents_field_that_never_ends_swallows_nothing():
    start = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
    body = p(start, '<w:r><w:fldChar w:fldCharType="separate"/></w:r>') + case(p("做了。"))
    assert read(body).approach == "做了。"


def test_a_text_box_is_read_once_where_it_stands():
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>'
        + p("框里的话。")
        + "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>"
        + p("框里的话。")
        + "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert approach(p("前。", box), p("后。")) == "前。\n\n框里的话。\n\n后。"


def test_an_old_text_box_and_word_art_are_read():
    old = (
        "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>"
        + p("老框。")
        + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    art = '<w:r><w:pict><v:shape><v:textpath string="艺术字"/></v:shape></w:pict></w:r>'
    assert approach(p("前。", old), p(art)) == "前。\n\n老框。\n\n艺术字"


def test_notes_stand_under_their_section():
    notes = f'<w:footnotes {NS}><w:footnote w:id="2">' + p("数据来自年报。") + "</w:footnote></w:footnotes>"
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    text = approach(
        p("增长一成", reference, "。"), rels=[("rId9", "footnotes", "footnotes.xml")], **{"word/footnotes.xml": notes}
    )
    assert text == "增长一成〔注 1〕。\n\n注 1：数据来自年报。"


@pytest.mark.parametrize("text", ["做了。", "做了。 ", "做了。\u3000", " 做了。", "做了。\t"])
def test_text_behind_the_name_of_its_section_is_kept_whole_with_blanks_and_notes(text):
    notes = f'<w:footnotes {NS}><w:footnote w:id="2">' + p("数据来自年报。") + "</w:footnote></w:footnotes>"
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    rels = ("rId9", "footnotes", "footnotes.xml")
    assert read(p("主要做法：", text)).approach == "做了。"
    document = read(p("主要做法：", reference, text, reference), rels, **{"word/footnotes.xml": notes})
    line, _, under = document.approach.partition("\n\n")
    assert "".join(line.split()) == "〔注1〕做了。〔注1〕"
    assert under == "注 1：数据来自年报。"


def test_endnotes_are_counted_with_footnotes():
    foot = f'<w:footnotes {NS}><w:footnote w:id="1">' + p("脚注。") + "</w:footnote></w:footnotes>"
    end = f'<w:endnotes {NS}><w:endnote w:id="1">' + p("尾注。") + "</w:endnote></w:endnotes>"
    text = approach(
        p("甲", '<w:r><w:footnoteReference w:id="1"/></w:r>', "乙", '<w:r><w:endnoteReference w:id="1"/></w:r>'),
        rels=[("rId8", "footnotes", "footnotes.xml"), ("rId9", "endnotes", "endnotes.xml")],
        **{"word/footnotes.xml": foot, "word/endnotes.xml": end},
    )
    assert text == "甲〔注 1〕乙〔注 2〕\n\n注 1：脚注。\n\n注 2：尾注。"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.abchina.com/a?b=1", "见[官网](https://www.abchina.com/a?b=1)"),
        ("https://a.cn/路 径(1)", "见[官网](https://a.cn/%E8%B7%AF%20%E5%BE%84%281%29)"),
        ("javascript:alert(1)", "见官网"),
        ("file:///etc/passwd", "见官网"),
        ("https://user:pass@evil.cn/", "见官网"),
        ("\\\\server\\share", "见官网"),
        ("http://[bad", "见官网"),
    ],
)
def test_only_plain_web_addresses_stay_links(address, expected):
    link = '<w:hyperlink r:id="rId7">' + r("官网") + "</w:hyperlink>"
    parts = parts_of(case(p("见", link)), styles=STYLES)
    parts["word/_rels/document.xml.rels"] = relationships(
        ("rIdS", "styles", "styles.xml"), ("rId7", "hyperlink", address, "External")
    )
    document = read_case(BytesIO(zipped(parts)), "来稿.docx")
    assert document.approach == expected
    assert any("链接" in text for text in notices(document, "unsure"))


def test_a_filled_control_is_read_even_if_it_still_claims_to_show_its_hint():
    def control(dress):
        return p(
            "值：<b>"[:2],
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            + r("点这里填写", dress)
            + "</w:sdtContent></w:sdt>",
        )

    assert approach(control("")) == "值：点这里填写"
    assert approach(control('<w:rStyle w:val="Hint"/>')) == "值："


def test_automatic_chinese_numbers_open_sections():
    body = (
        p("题名在此", style="Title")
        + numbered("案例背景", 3)
        + p("背景。")
        + numbered("主要做法", 3)
        + numbered("推出产品", 3, 1)
        + p("做法。")
        + numbered("取得成效", 3)
        + p("成效。")
    )
    document = read(body)
    assert (document.background, document.results) == ("背景。", "成效。")
    assert document.approach == "### （一）推出产品\n\n做法。"


def test_a_list_takes_its_kind_from_its_list_style():
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="L"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="8"><w:styleLink w:val="L"/>{level(0, "bullet", "●")}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="none"/></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="9"><w:abstractNumId w:val="9"/></w:num>'
    )
    data = raw_docx(case(numbered("甲", 7), p("文。"), numbered("乙", 9)), numbering=numbering)
    assert read_case(BytesIO(data), "来稿.docx").approach == "- 甲\n\n文。\n\n1. 乙"


def test_a_strict_document_is_read_like_any_other():
    parts = parts_of(case(p("做了。")), styles=STYLES)
    strict = {
        name: text.replace(
            "schemas.openxmlformats.org/wordprocessingml/2006/main", "purl.oclc.org/ooxml/wordprocessingml/main"
        ).replace(
            "schemas.openxmlformats.org/officeDocument/2006/relationships",
            "purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, text in parts.items()
    }
    assert read_case(BytesIO(zipped(strict)), "a.docx").approach == "做了。"


def test_a_template_saved_as_such_and_back_slashes_in_names_are_read():
    parts = {name.replace("word/", "word\\"): text for name, text in parts_of(case(p("做了。"))).items()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("document.main", "template.main")
    assert read_case(BytesIO(zipped(parts)), "a.dotx").approach == "做了。"


def test_a_picture_in_the_text_keeps_its_place_and_words():
    blocks = [p("先说。"), p(picture("rId5", "三名柜员在乡村服务点给老人办业务")), p("图 1：下乡服务")]
    document = read(case(*blocks), ("rId5", "image", "media/a.png"), **{"word/media/a.png": image_bytes()})
    (one,) = document.images
    assert (one.section, one.caption, one.alt, one.name) == (
        "approach",
        "下乡服务",
        "三名柜员在乡村服务点给老人办业务",
        "01.png",
    )
    assert one.data == image_bytes()
    assert document.approach == "先说。\n\n〔图 1〕"
