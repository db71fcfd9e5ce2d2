"""What only one of two people changed is kept; what both changed is contested. Nothing is lost without a word."""

from hypothesis import given
from hypothesis import strategies as st

from cases.editing.merging import RowMerge, align, in_order, merge_set, merge_value

EDITS = st.sampled_from(["keep", "change", "move", "delete"])
PEOPLE = st.tuples(st.lists(EDITS, min_size=5, max_size=5), st.integers(0, 2))


def row(order: int, text: str) -> dict:
    return {"order": order, "text": text, "as_of": ""}


BASE = [row(order, f"原{order}") for order in range(1, 6)]


def edited(edits: list[str], added: int, name: str) -> list[dict]:
    """BASE as ``name`` leaves it."""
    rows = []
    for before, edit in zip(BASE, edits, strict=True):
        if edit == "change":
            rows.append(before | {"text": f"{name}{before['order']}"})
        elif edit == "move":
            rows.append(before | {"order": before["order"] + 10})
        elif edit == "keep":
            rows.append(before)
    return rows + [row(30 + place, f"{name}新{place}") for place in range(added)]


@given(PEOPLE, PEOPLE)
def test_every_change_of_either_is_kept_or_contested(mine, theirs):
    merges = align(BASE, edited(*mine, "我"), edited(*theirs, "他"))
    merged = [merge.row for merge in merges if merge.row]
    texts = [found["text"] for found in merged]
    contested = {merge.base["order"] for merge in merges if merge.is_contested}
    for before, my_edit, their_edit in zip(BASE, mine[0], theirs[0], strict=True):
        order = before["order"]
        both = {my_edit, their_edit}
        assert (order in contested) == (both == {"change"} or both == {"change", "delete"})
        if order in contested:
            continue
        kept = {"change": f"{'我' if my_edit == 'change' else '他'}{order}"}.get(
            "change" if "change" in both else "", f"原{order}"
        )
        assert (kept in texts) == ("delete" not in both)
        if "move" in both and "delete" not in both:
            assert next(found["order"] for found in merged if found["text"] == kept) == order + 10
    assert {f"我新{place}" for place in range(mine[1])} | {f"他新{place}" for place in range(theirs[1])} <= set(texts)
    assert len(texts) == len(set(texts))
    orders = [found["order"] for found in in_order(merged)]
    assert orders == sorted(set(orders))


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_members_added_or_taken_away_by_either_are_so_in_the_end(base, mine, theirs):
    merged = merge_set(base, mine, theirs)
    assert (mine - base) | (theirs - base) <= merged
    assert not merged & (base - mine) | merged & (base - theirs)
    assert mine & theirs <= merged


def test_one_value():
    assert merge_value("甲", "甲", "乙") == ("乙", False)
    assert merge_value("甲", "乙", "甲") == ("乙", False)
    assert merge_value("甲", "乙", "乙") == ("乙", False)
    assert merge_value("甲", "乙", "丙") == ("乙", True)


def test_same_row_added_by_both_is_there_once():
    assert align([], [row(1, "同")], [row(2, "同")]) == [RowMerge(None, row(1, "同"), row(2, "同"))]


def test_what_a_case_has_once_only_is_contested_where_both_added_it():
    (merge,) = align(
        [], [{"order": 1, "product": "甲", "rate": "3%"}], [{"order": 2, "product": "甲", "rate": "4%"}], "product"
    )
    assert merge.is_contested
    assert merge.row == {"order": 2, "product": "甲", "rate": "3%"}
