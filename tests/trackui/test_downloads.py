import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackui.downloads import attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.txt", "attachment; filename=a.txt"),
        ("a+b%20.txt", "attachment; filename=a+b%20.txt"),
        ("a b.txt", 'attachment; filename="a b.txt"'),
        ('a"b\\.txt', 'attachment; filename="a\\"b\\\\.txt"'),
        ('"><img src=x>.txt', 'attachment; filename="\\"><img src=x>.txt"'),
        ("größe.txt", "attachment; filename=\"gr__e.txt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt"),
        ("a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
    ],
)
def test_a_name_is_told_to_the_browser(name, header):
    assert attachment(name) == header


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_name_breaks_out_of_the_header(name):
    header = attachment(name)

    assert header.isascii()
    assert header.isprintable()
    rest = header.replace("\\\\", "").replace('\\"', "")
    assert rest.count('"') in (0, 2)
