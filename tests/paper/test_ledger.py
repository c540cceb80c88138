"""Verdicts are computed from the paper's numbers: change a number, and the verdict that hangs on it changes."""

import pytest

from fer_edu.errors import DataError
from fer_edu.paper import PAPER, VERDICTS, ledger, ledger_table, ours, verdict_counts
from fer_edu.paper.claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, OPEN, REPRODUCED, RESERVED, Question, question
from fer_edu.paper.ledger import PARTS, QUESTIONS


@pytest.fixture(scope="module")
def claims():
    return {claim.title: claim for claim in ledger()}


def asked(start):
    """Return the one question whose title starts so."""
    (found,) = [q for q in QUESTIONS if q.title.startswith(start)]
    return found


def test_every_question_is_in_the_ledger_once(claims):
    written = [value for part in PARTS for value in vars(part).values() if isinstance(value, Question)]
    assert len(claims) == len(QUESTIONS) == len(set(map(id, written))) == len(written)
    assert {q.title for q in written} == set(claims)


def test_each_claim_says_where_what_was_computed_and_why(claims):
    for claim in claims.values():
        assert claim.verdict in VERDICTS and any(word in claim.where for word in ("table", "section", "abstract"))
        assert all(type(value) in (int, float, str) for value in claim.numbers.values())
        assert claim.says and claim.computation and claim.because.endswith(".") and len(claim.title) <= 60
        for text in (claim.because, claim.computation):
            assert not any(word in text.lower() for word in ("fraud", "fake", "wrongly", "obviously", "careless"))


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        ("FER-2013: 28,709", HOLDS),
        ("Table 2's rows add up", HOLDS),
        ("Table 2 is the set", CONTRADICTS),
        ("The test set is the official", HOLDS),
        ("80 % to train", CONTRADICTS),
        ("CK+: the classes", HOLDS),
        ("2,689 of 3,589", HOLDS),
        ("Table 8 follows", HOLDS),
        ("A confusion matrix", HOLDS),
        ("Disgust 100 %", NOT_REPRODUCED),
        ("Table 9 follows", HOLDS),
        ("FERG: 99.47", CONTRADICTS),
        ("Abstract", CONTRADICTS),
        ("FER-2013: 74.92 % everywhere", HOLDS),
        ("Table 7's intervals", HOLDS),
        ("Table 7's are", RESERVED),
        ("The mean of 15", RESERVED),
        ("CK+: 98.5", CONTRADICTS),
        ("CK+: a tenth", OPEN),
        ("Validation accuracy", CONTRADICTS),
        ("Losses", OPEN),
        ("A learning rate", NOT_REPRODUCED),
        ("Only 4 conv", CONTRADICTS),
        ("AlexNet", NOT_REPRODUCED),
        ("Eq. 1", REPRODUCED),
        ("Eq. 3", REPRODUCED),
        ("Tables 1 and 3", HOLDS),
        ("74.92 % on FER-2013", NOT_REPRODUCED),
        ("No test picture", OPEN),
    ],
)
def test_verdicts_of_the_paper_as_it_is_printed(claims, start, verdict):
    assert claims[asked(start).title].verdict == verdict


@pytest.mark.parametrize(
    ("start", "change", "verdict"),
    [
        ("FER-2013: 28,709", lambda p: p.with_number("FER-2013", "all", "35,888"), CONTRADICTS),
        ("Table 2's rows", lambda p: p.with_cell(2, "Training", "sad", "4831"), CONTRADICTS),
        ("The test set", lambda p: p.with_number("counts", "sad pictures", "593"), CONTRADICTS),
        ("CK+: the classes", lambda p: p.with_cell(4, "Training & Testing", "sad", "29"), CONTRADICTS),
        ("Neutral and joyful", lambda p: p.with_cell(2, "Training", "sad", "9000"), CONTRADICTS),
        ("FERG: 34,000", lambda p: p.with_number("FERG split", "training", "36,000"), CONTRADICTS),
        ("2,689 of", lambda p: p.with_number("counts", "happy", "870"), CONTRADICTS),
        ("Table 8 follows", lambda p: p.with_cell(8, "Sad", "f1", "0.531479968"), CONTRADICTS),
        ("Table 8 follows", lambda p: p.with_number("counts", "angry", "242"), CONTRADICTS),
        ("A confusion matrix", lambda p: p.with_cell(8, "Surprise", "precision", "0.5"), CONTRADICTS),
        ("Disgust 100 %", lambda p: p.with_cell(8, "Disgust", "recall", "0.4"), HOLDS),
        ("Table 9 follows", lambda p: p.with_cell(9, "Happy", "recall", "0.996"), CONTRADICTS),
        ("FERG: 99.47", lambda p: p.with_number("FERG split", "accuracy", "99.5"), HOLDS),
        (
            "Abstract",
            lambda p: p.with_number("abstract", "CK+", "98.5%").with_number("abstract", "FERG", "99.47%"),
            HOLDS,
        ),
        ("FER-2013: 74.92 % every", lambda p: p.with_number("conclusion", "FER-2013", "74.932%"), CONTRADICTS),
        ("Table 7's intervals", lambda p: p.with_cell(7, "FER-2013", "half", "0.1772"), CONTRADICTS),
        ("The mean of 15", lambda p: p.with_cell(7, "FER-2013", "mean", "74.871"), HOLDS),
        ("CK+: 98.5", lambda p: p.with_cell(5, "The proposed Model", "accuracy", "99.4%"), HOLDS),
        ("CK+: a tenth", lambda p: p.with_cell(7, "CK+", "mean", "99.511"), HOLDS),  # 4,881 of 15 x 327
        ("Validation accuracy", lambda p: p.with_number("split", "validation", "3589"), HOLDS),
        ("Validation 76", lambda p: p.with_number("epoch 184", "validation", "79.26"), RESERVED),
        (
            "Losses",
            lambda p: p.with_number("epoch 184", "training loss", "0.62").with_number(
                "epoch 184", "validation loss", "0.6"
            ),
            HOLDS,
        ),
        ("Only 4 conv", lambda p: p.with_number("size", "convolutions", "12"), HOLDS),
        ("AlexNet", lambda p: p.with_number("alexnet", "parameters", "34944"), REPRODUCED),
        ("Tables 1 and 3", lambda p: p.with_cell(3, "Google Net", "accuracy", "65.3%"), CONTRADICTS),
        ("The rivals' figures", lambda p: p.with_cell(3, "Georgescu and Mariana", "accuracy", "75.42%"), HOLDS),
        ("74.923 % outperforms", lambda p: p.with_cell(3, "Google Net", "accuracy", "75.2%"), CONTRADICTS),
        ("98.5 against", lambda p: p.with_cell(5, "The proposed Model", "accuracy", "100%"), HOLDS),
        ("99.47 against", lambda p: p.with_cell(6, "Shervin and Mehdi", "accuracy", "99.2%"), HOLDS),
        ("74.92 % on", lambda p: p.with_cell(3, "The proposed Model", "accuracy", "68.5%"), REPRODUCED),
    ],
)
def test_another_number_gives_another_verdict(start, change, verdict):
    claim = asked(start)(change(PAPER))
    assert claim.verdict == verdict != asked(start)(PAPER).verdict
    assert claim.because.endswith(".")


def test_our_runs_are_read_and_not_typed_in(monkeypatch):
    before = ours.records.read
    good = {"in train": {"right": 270, "of": 280}, "others": {"right": 2600, "of": 3309}}
    monkeypatch.setattr(
        ours.records, "read", lambda name: before(name) | ({"memory": good} if name == "data_sets" else {})
    )
    assert asked("74.92 % on")(PAPER).verdict == REPRODUCED

    def swept(name):
        record = before(name)
        if name == "paper_recipe":
            record["rows"]["to the letter"]["accuracy"] = [0.6, 0.61, 0.62]
        if name == "ablation":
            record["rows"]["no transformer"]["accuracy"] = [0.3, 0.31, 0.3, 0.31, 0.3]
        return record

    monkeypatch.setattr(ours.records, "read", swept)
    assert asked("A learning rate")(PAPER).verdict == RESERVED
    assert asked("Two transformers")(PAPER).verdict == REPRODUCED


def test_the_gain_by_peeking_is_paired_over_seeds(monkeypatch):
    record = {"val": [[0.5, 0.7, 0.6], [0.8, 0.7, 0.6]], "test": [[0.5, 0.6, 0.65], [0.7, 0.71, 0.6]]}
    monkeypatch.setattr(ours, "shipped", lambda name: record if name == "peeking" else None)
    gain, _, seeds = ours.peeking()
    assert (gain, seeds) == (pytest.approx(3.0), 2)  # 5 points in the first run, 1 in the second
    assert "3.0 ±" in asked("Epoch 184")(PAPER).because
    monkeypatch.setattr(ours, "shipped", lambda name: None)
    assert ours.peeking() is None and asked("Epoch 184")(PAPER).verdict == OPEN
    assert ours.best_counts() is None and asked("Disgust 100 %")(PAPER).verdict == NOT_REPRODUCED


def test_the_table_has_a_row_for_every_claim(claims):
    some = list(claims.values())[:5]
    lines = ledger_table(some, numbers=True).splitlines()
    assert len(lines) == 7 and all(line.count(" | ") == 5 for line in lines[2:])
    assert all(claim.title.replace("|", "\\|") in line for claim, line in zip(some, lines[2:], strict=True))
    counts = verdict_counts(claims.values())
    assert sum(counts.values()) == len(claims) and list(counts) == list(VERDICTS)


def test_a_topic_is_a_part_of_the_ledger(claims):
    part = ledger(topic="the data")
    assert 0 < len(part) < len(claims) and {claim.topic for claim in part} == {"the data"}


def test_a_verdict_outside_the_six_is_refused():
    @question("title", "table 1", "says", "the data")
    def odd(paper):
        """Computes nothing."""
        return "true", {}, "Because."

    with pytest.raises(DataError, match="expected a verdict out of holds, .*, found 'true'"):
        odd(PAPER)


def test_a_claim_as_text_has_its_verdict_its_reason_and_its_numbers(claims):
    claim = next(iter(claims.values()))
    text = str(claim)
    assert text.startswith(f"{claim.title} ({claim.where})\n    {claim.verdict}. ") and "printed: 35887" in text
    assert max(map(len, text.splitlines())) <= 100
