"""Against faults that somebody else planted and knows."""

import numpy as np
import pytest

import fer_edu as fe
from fer_edu.data.auditing import audit


@pytest.fixture(scope="module")
def planted():
    sets = {name: fe.faces.load_split(name, size=size) for name, size in (("train", 500), ("val", 150), ("test", 150))}
    faulty, truth = fe.data.plant_faults(sets, seed=3)
    return faulty, truth, audit(faulty)


def marked(found, reason):
    return {(name, index) for name, reasons in found.leave_out.items() for index in reasons.get(reason, ())}


def places(pairs):
    return {place for pair in pairs for place in pair}


def test_all_exact_copies_are_found_and_no_others(planted):
    _, truth, found = planted
    within = {max(pair) for pair in truth.exact if pair[0][0] == pair[1][0]}
    across = {copy for original, copy in truth.exact if original[0] != copy[0]}
    blank = set(truth.blank)  # all of them black, so they are copies too, under the labels that they had
    assert marked(found, "copy") - blank == within
    assert marked(found, "in an earlier set") == across
    assert marked(found, "conflict") - blank == places(truth.conflict)


def test_near_copies_are_found_where_they_correlate_that_much_and_nowhere_else(planted):
    faulty, truth, found = planted
    reasons = ("near copy", "near in an earlier set", "near in a later set")
    seen = set().union(*(marked(found, reason) for reason in reasons))
    alike = [pair for pair in truth.near if correlation(faulty, *pair) > 0.97]
    assert len(alike) >= 10
    assert all(copy in seen or original in seen for original, copy in alike)
    assert seen <= places(alike)


def correlation(sets, *pair):
    return np.corrcoef([sets[name].images[index].flatten().numpy() for name, index in pair])[0, 1]


def test_blank_faint_soft_and_recompressed_pictures_are_found(planted):
    faulty, truth, found = planted
    assert set(truth.blank) <= marked(found, "blank") <= {*truth.blank, *truth.faint}
    seen = marked(found, "blank") | {
        place for kind in ("faint", "few grey levels") for f in found.found(kind) for (place,) in f.groups
    }
    assert set(truth.faint) <= seen
    assert marked(found, "soft") == set(truth.enlarged)
    jpeg = marked(found, "recompressed")
    assert {name for name, _ in jpeg} == set(truth.recompressed)
    assert len(jpeg) >= 0.95 * sum(len(faulty[name]) for name in truth.recompressed)


def test_subjects_that_copies_brought_along_are_found(planted):
    _, truth, found = planted
    (finding,) = found.found("subjects across sets", "train", "test")
    assert finding.count == len(truth.copies_of_train_in("test"))
