"""Safe HTML -> a tree of plain values."""

import re
from html.parser import HTMLParser

from cases.public.rendering import IMAGE_PLACE

Node = dict[str, object]
FIRST_LEVEL = 3
HEADING = re.compile("h[3-6]")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
VOID = {"br", "hr"}
DROPPED = {"div", "thead", "tbody", "sup", "sub"}  # their contents stay


class _Reader(HTMLParser):
    def __init__(self, images: dict[int, dict]) -> None:
        super().__init__(convert_charrefs=True)
        self.images = images
        self.root: Node = {"tag": "root", "children": []}
        self.open = [self.root]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            return
        node: Node = {"tag": tag, "children": []}
        named = dict(attributes)
        if tag == "a":
            node["href"] = named.get("href") or ""
        if tag == "ol":
            node["start"] = int(named.get("start") or 1)
        if (named.get("class") or "").startswith("align-"):
            node["align"] = named["class"].removeprefix("align-")
        self.open[-1]["children"].append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in DROPPED and tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_comment(self, data: str) -> None:
        found = IMAGE_PLACE.fullmatch(f"<!--{data}-->")
        image = self.images.get(int(found[1])) if found else None
        if image and not image["is_placed"]:
            image["is_placed"] = True
            self.open[-1]["children"].append(image_node(image))

    def handle_data(self, data: str) -> None:
        data = NOT_XML.sub("", data)
        children = self.open[-1]["children"]
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


def read_nodes(text: str, images: dict[int, dict] | None = None) -> list[Node | str]:
    """The tree of what ``render_markdown`` gives: nodes with ``tag`` and ``children``, text as strings.

    Those of ``images`` (``BookCase.images`` by number) that the text has a place for become nodes there, and are marked.
    An ``a`` has its ``href``, an ``ol`` its ``start``, a cell may have ``align``. Blank text between blocks is left out.
    """
    reader = _Reader(images or {})
    reader.feed(text)
    reader.close()
    nodes, level = without_blanks(reader.root)["children"], FIRST_LEVEL - 1
    for node in nodes:
        if not isinstance(node, str) and HEADING.fullmatch(node["tag"]):
            level = min(int(node["tag"][1]), level + 1)
            node["tag"] = f"h{level}"  # no level is left out: a tagged PDF may not, and an outline should not
    return nodes


def node(tag: str, *children: Node | str, **values: object) -> Node:
    return {"tag": tag, "children": list(children), **values}


def image_node(image: dict) -> Node:
    return node("img", **{name: image[name] for name in ("file", "alt", "caption", "wide")})


def is_address(href: str) -> bool:
    """Whether a link leads anywhere from outside the site."""
    return href.startswith(("http://", "https://", "mailto:", "tel:"))


def plain_text(nodes: list[Node | str]) -> str:
    """The words of a tree."""
    return "".join(
        node if isinstance(node, str) else node.get("text", "") + plain_text(node["children"]) for node in nodes
    )


def without_blanks(node: Node) -> Node:
    if node["tag"] in ("pre", "code"):
        return {"tag": node["tag"], "children": [], "text": plain_text(node["children"])}
    is_container = node["tag"] in ("root", "ul", "ol", "table", "tr", "blockquote")
    children = []
    for child in node["children"]:
        if isinstance(child, str):
            if not (is_container and not child.strip()):
                children.append(child.replace("\n", " "))
        else:
            children.append(without_blanks(child))
    return {**node, "children": children}
