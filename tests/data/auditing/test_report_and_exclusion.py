import json
from dataclasses import replace

import pytest
import torch

import fer_edu as fe
from fer_edu.data.auditing import REASONS, USES, Audit, audit, exclude
from fer_edu.errors import DataError


@pytest.fixture
def faulty(three):
    """train: 0 blank, 5 a copy of 4, 7 nearly 6, 10 also in test, 12 and 13 one picture with two labels."""
    train, test = three["train"], three["test"]
    train.images[0] = 0
    train.images[5], train.labels[5] = train.images[4], train.labels[4]
    train.images[7] = (train.images[6].float() * 0.8 + 20).to(torch.uint8)
    test.images[3], test.labels[3] = train.images[10], train.labels[10]
    train.images[13], train.labels[13] = train.images[12], (train.labels[12] + 1) % 7
    return three


def test_fitting_leaves_out_what_a_later_set_has_and_scoring_what_an_earlier_one_has(faulty):
    found = audit(faulty)
    train = exclude(faulty["train"], found, use="fit")
    kept = [k for k in range(100) if k not in (0, 5, 7, 10, 12, 13)]
    assert torch.equal(train.images, faulty["train"].images[kept])
    assert torch.equal(train.labels, faulty["train"].labels[kept])
    assert "6 of 100 pictures are left out" in train.notes[-1] and "in a later set 1" in train.notes[-1]
    test = exclude(faulty["test"], found, use="score")
    assert torch.equal(test.images, faulty["test"].images[[k for k in range(60) if k != 3]])
    assert len(exclude(faulty["test"], found, use="fit")) == 60


def test_nothing_that_was_left_in_repeats_or_stands_in_the_other_set(faulty):
    found = audit(faulty)
    honest = {"train": exclude(faulty["train"], found, use="fit"), "test": faulty["test"]}
    again = audit(honest)
    assert not [f for f in again.findings if f.count and ("copies" in f.kind or "labels" in f.kind)]


def test_the_reasons_can_be_named(faulty):
    found = audit(faulty)
    assert len(exclude(faulty["train"], found, kinds=["blank"])) == 99
    assert len(exclude(faulty["train"], found, kinds=())) == 100
    assert len(exclude(faulty["train"], found, kinds=["blank", "copy"])) == 97  # 5, and 13, which repeats 12
    with pytest.raises(DataError, match="found 'copies': give a list of those"):
        exclude(faulty["train"], found, kinds=["copies"])
    with pytest.raises(DataError, match="found 'blank': give a list"):
        exclude(faulty["train"], found, kinds="blank")
    with pytest.raises(DataError, match="expected the use fit or score, found 'train'"):
        exclude(faulty["train"], found, use="train")


def test_every_reason_is_explained_and_every_use_names_reasons():
    assert {reason for reasons in USES.values() for reason in reasons} <= set(REASONS)


def test_other_pictures_than_those_audited_are_refused(faulty):
    found = audit(faulty)
    smaller = exclude(faulty["train"], found)
    with pytest.raises(DataError, match=r"sets that were audited \(train 100 pictures, val 40 pictures, test 60"):
        exclude(smaller, found)
    with pytest.raises(DataError, match="audit this copy first"):
        exclude(replace(faulty["val"], labels=(faulty["val"].labels + 1) % 7), found)


def test_what_is_known_about_the_pictures_stays_with_those_that_stay():
    faces = fe.faces.sample(40, seed=1, people=8)
    faces.images[3] = faces.images[30]
    left = exclude(faces, audit(faces))
    kept = [k for k in range(40) if k != 30]
    assert torch.equal(left.truth.theta, faces.truth.theta[kept]) and torch.equal(left.groups, faces.groups[kept])


def test_leaving_everything_out_is_refused(three):
    train = replace(three["train"], images=torch.zeros_like(three["train"].images))
    with pytest.raises(DataError, match="found that all 100 would go"):
        exclude(train, audit(train))


def test_the_audit_comes_back_from_its_file_as_it_was(faulty, tmp_path):
    found = audit({"fitting: train": faulty["train"], "test": faulty["test"]}, mirrored=True)
    path = tmp_path / "Prüfung 1" / "audit.json"
    found.save(path)
    assert Audit.read(path) == found
    assert str(Audit.read(path)) == str(found)
    assert len(exclude(faulty["train"], str(path))) == len(exclude(faulty["train"], found)) == 94


def test_the_file_names_no_path_of_this_machine_and_holds_no_picture(faulty, tmp_path):
    audit(faulty).save(tmp_path / "audit.json")
    text = (tmp_path / "audit.json").read_text()
    assert str(tmp_path) not in text and "/" not in text
    assert len(text) < 20_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "no JSON text"),
        (lambda text: "[]", "another file"),
        (lambda text: "{}", "another file"),
        (lambda text: json.dumps({**json.loads(text), "schema": 99}), "schema 99"),
        (lambda text: json.dumps({**json.loads(text), "kind": "a report"}), "another file"),
        (
            lambda text: text.replace('"leave_out"', '"left_out"'),
            "missing or changed",
        ),
        (lambda text: text.replace('"train:4"', '"train:400"'), "missing or changed"),
        (lambda text: text.replace('"train:4"', '"nobody:4"'), "missing or changed"),
        (lambda text: text.replace('"level": "problem"', '"level": "bad"'), "missing or changed"),
        (lambda text: json.dumps({**json.loads(text), "leave_out": {"train": {}}}), "missing or changed"),
        (lambda text: json.dumps({**json.loads(text), "findings": 3}), "missing or changed"),
    ],
)
def test_a_damaged_or_foreign_file_is_named_as_such(faulty, tmp_path, change, message):
    path = tmp_path / "audit.json"
    audit(faulty).save(path)
    path.write_text(change(path.read_text()))
    with pytest.raises(DataError, match=message):
        Audit.read(path)


def test_a_missing_file_and_a_binary_one_are_named(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        Audit.read(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(DataError, match="no JSON text"):
        Audit.read(tmp_path / "binary")


def test_the_table_has_a_row_a_finding_and_the_text_a_line_for_each_that_found_something(faulty):
    found = audit(faulty)
    table = found.table()
    assert len(table) == len(found.findings)
    assert all(set(row) == {"level", "kind", "sets", "count", "of", "share", "title"} for row in table)
    assert all(row["count"] <= row["of"] for row in table)
    lines = str(found).splitlines()
    assert len(lines) == 2 + sum(row["level"] != "ok" for row in table)
    assert any(line.startswith("!! copies across sets") for line in lines)
    assert max(map(len, lines[1:-1])) < 140


def test_an_unknown_kind_is_refused(faulty):
    with pytest.raises(DataError, match="expected a kind out of .*blank.*, found 'blanks'"):
        audit(faulty).found("blanks")


def test_the_contact_sheet_shows_the_pictures_of_the_groups(faulty):
    found = audit(faulty)
    sheet = found.contact_sheet(faulty, "copies across sets")
    shown = [ax for ax in sheet.axes if ax.images]
    assert len(shown) == 2
    assert (shown[0].images[0].get_array() == faulty["train"].images[10, 0].numpy()).all()
    assert "train 10" in shown[0].texts[0].get_text() and "test 3" in shown[1].texts[0].get_text()
    everything = found.contact_sheet(faulty, limit=3)
    assert len([ax for ax in everything.axes if ax.images]) > 6
    with pytest.raises(DataError, match="found none of the kind mirrored|expected a kind"):
        found.contact_sheet(faulty, "mirrored copies")
    with pytest.raises(DataError, match="expected the sets that were audited"):
        found.contact_sheet({"train": faulty["test"]}, "copies")
