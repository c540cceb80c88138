"""The tables and statements are those of the paper, and can be asked with one number changed."""

import pytest

from fer_edu.errors import DataError
from fer_edu.paper import EQUATIONS, PAPER, Printed


def test_nine_tables_with_their_rows():
    assert [table.number for table in PAPER.tables] == list(range(1, 10))
    assert [len(table.rows) for table in PAPER.tables] == [6, 2, 9, 1, 7, 5, 3, 7, 7]
    assert [equation.number for equation in EQUATIONS] == [1, 2, 3, 4, 5, 6]


def test_some_cells_as_they_are_printed():
    assert PAPER.table(8).cell("Fear", "recall") == "0.316287879"
    assert PAPER.table(9).cell("neutral", "precision") == "0.99498998"
    assert PAPER.table(7).row("CK+")[1:] == ("99.512", "0.26", "15", "95%", "99.51", "0.1316")
    assert PAPER.table(3).cell("the proposed model", "accuracy") == "74.923%"
    assert PAPER.table(2).cell("Training", "fear") == "4096"
    assert PAPER.number("epoch 184", "validation loss") == "0.00454711"


def test_every_cell_of_a_number_is_printed_and_every_statement_holds_its_numbers():
    for table in PAPER.tables:
        kinds = type(table.rows[0]).__annotations__
        for row in table.rows:
            assert all(isinstance(cell, Printed) == (kinds[name] is Printed) for name, cell in row._asdict().items())
    for statement in PAPER.statements:
        for name, number in statement.numbers.items():
            spelt = {"1": "one", "2": "two", "3": "three", "4": "four", "10": "ten"}
            assert (
                number in statement.words
                or spelt.get(number, number) in statement.words
                or statement.key
                in (
                    "recipe",  # λ stands in the next sentence, the epochs and dimensions in words of their own
                    "80/10/10",
                )
            ), (statement.key, name)


def test_a_changed_cell_leaves_the_printed_paper_as_it_is():
    other = PAPER.with_cell(8, "angry", "recall", "0.5")
    assert other.table(8).cell("Angry", "recall") == "0.5" and other.table(8).cell("Angry", "recall").decimals == 9
    assert PAPER.table(8).cell("Angry", "recall") == "0.490835031"
    assert other.table(8).cell("Fear", "recall") is PAPER.table(8).cell("Fear", "recall")
    assert PAPER.with_number("abstract", "CK+", "98.5%").number("abstract", "CK+") == "98.5%"


def test_a_table_as_text_and_as_markdown_holds_every_cell():
    table = PAPER.table(7)
    for text in (str(table), table.markdown()):
        assert all(cell in text for row in table.rows for cell in row)
    assert table.markdown(("data", "mean")).splitlines()[0] == "| data | mean |"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: PAPER.table(10), "expected the number of a table, 1 to 9, found 10"),
        (lambda: PAPER.table(8).row("Contempt"), "expected a row out of Angry, .*, found 'Contempt'"),
        (lambda: PAPER.table(8).cell("Angry", "accuracy"), "expected a column out of .*, found 'accuracy'"),
        (lambda: PAPER.statement("foreword"), "expected a statement out of abstract, .*, found 'foreword'"),
        (lambda: PAPER.number("abstract", "JAFFE"), "expected a number out of .*, found 'JAFFE'"),
        (lambda: PAPER.with_number("abstract", "JAFFE", "1"), "expected a number out of .*, found 'JAFFE'"),
        (lambda: PAPER.with_cell(3, "Google Net", "reference", "[1]"), "expected a cell with a number"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(wrong, sentence):
    with pytest.raises(DataError, match=sentence):
        wrong()
