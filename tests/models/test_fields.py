"""Fields in texts."""

from models.fields import TextField, fields_of


def test_fields_of_a_text() -> None:
    assert fields_of("{a}和{ b | 没有 }、{c|}") == (TextField("a"), TextField("b", " 没有 "), TextField("c", ""))
    assert fields_of("{}、{ }、{a b}、{{") == ()
