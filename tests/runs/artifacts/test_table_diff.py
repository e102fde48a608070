import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.artifacts.table_diff import ROW_NUMBER, read_table, table_diff


def diff(before, after, key=None):
    return table_diff(read_table(before), read_table(after), key)


def kinds(found):
    return {row.key: row.kind for row in found.rows}


def test_rows_are_joined_on_the_column_called_id():
    found = diff("v,id\n1,a\n2,b\n3,c\n", "v,id\n1,a\n9,c\n4,d\n")

    assert found.key == "id"
    assert kinds(found) == {"a": "same", "b": "removed", "c": "changed", "d": "added"}
    assert (found.changed, found.added, found.removed, found.same) == (1, 1, 1, 1)


def test_changed_cells_are_told_with_both_values():
    (row, _) = diff("id,x,y\na,1,5\nb,2,5\n", "id,x,y\na,3,5\nb,2,5\n").rows

    assert [(cell.before, cell.after, cell.is_changed) for cell in row.cells] == [
        ("1", "3", True), ("5", "5", False),
    ]  # fmt: skip


def test_a_number_written_otherwise_is_no_change():
    assert diff("id,x\na,0.10\n", "id,x\na,1e-1\n").is_same


def test_a_key_can_be_chosen_and_one_that_is_none_is_not_taken():
    tables = "id,name,x\n1,a,5\n2,b,5\n", "id,name,x\n2,a,5\n1,b,5\n"

    assert diff(*tables, "name").key == "name"
    assert diff(*tables, "x").key == "id"
    assert diff(*tables, ROW_NUMBER).key == ROW_NUMBER
    assert diff(*tables).keys == ("id", "name")


def test_without_a_column_of_unique_values_rows_are_joined_by_their_number():
    found = diff("x\n1\n1\n", "x\n1\n2\n2\n")

    assert found.key == ROW_NUMBER
    assert kinds(found) == {"1": "same", "2": "changed", "3": "added"}


def test_columns_of_one_table_alone_are_told():
    found = diff("id,old\na,1\n", "id,new\na,1\n")

    assert (found.only_before, found.only_after) == (("old",), ("new",))
    assert not found.is_same


def test_two_columns_of_one_name_and_ragged_rows_are_read():
    table = read_table("a,a,b\n1\n1,2,3,4\n")

    assert table.columns == ("a", "a (2)", "b")
    assert table.rows == (("1", "", ""), ("1", "2", "3"))


def test_what_is_no_table_is_none():
    assert read_table("") is None


frames = st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1)


@settings(max_examples=40, deadline=None)
@given(frames, frames)
def test_joined_rows_are_those_that_pandas_joins(left, right):
    def frame(values):
        return pd.DataFrame([(key, *row) for key, row in values.items()], columns=["id", "x", "y"])

    merged = frame(left).merge(frame(right), on="id", how="outer", indicator=True)
    both = merged[merged["_merge"] == "both"]
    changed = int(((both["x_x"] != both["x_y"]) | (both["y_x"] != both["y_y"])).sum())
    if both.empty:
        return

    found = diff(frame(left).to_csv(index=False), frame(right).to_csv(index=False), "id")

    assert (found.changed, found.same) == (changed, len(both) - changed)
    assert (found.removed, found.added) == (
        (merged["_merge"] == "left_only").sum(), (merged["_merge"] == "right_only").sum(),
    )  # fmt: skip
