import numpy as np
import pytest
import torch

from fer_edu.data.faceset import FaceSet
from fer_edu.data.votes import NO_MAJORITY, Votes
from fer_edu.emotions import CLASSES, CLASSES_8
from fer_edu.errors import DataError


def votes(*rows):
    """Each row: votes by emotion name, `unknown` and `face` (no face)."""
    emotions = torch.tensor([[row.get(name, 0) for name in CLASSES_8] for row in rows], dtype=torch.uint8)
    rest = [torch.tensor([row.get(name, 0) for row in rows], dtype=torch.uint8) for name in ("unknown", "no_face")]
    return Votes(emotions, *rest)


def test_majority_is_the_leading_emotion_and_nothing_where_none_leads_alone():
    cast = votes(
        {"happy": 6, "neutral": 4},
        {"happy": 5, "neutral": 5},
        {"sad": 3, "unknown": 4, "fear": 3},
        {"no_face": 10},
        {"contempt": 2, "unknown": 1},
    )
    expected = [CLASSES.index("happy"), NO_MAJORITY, NO_MAJORITY, NO_MAJORITY, CLASSES_8.index("contempt")]
    assert cast.majority().tolist() == expected


def test_entropy_is_zero_for_one_voice_and_one_bit_for_two_halves():
    cast = votes({"happy": 10}, {"happy": 5, "neutral": 5}, {"no_face": 10})
    assert cast.entropy().tolist() == pytest.approx([0, 1, 0], abs=1e-6)


def test_agreement_counts_unknown_and_no_face_among_the_votes():
    cast = votes({"happy": 6, "unknown": 2, "no_face": 2})
    assert cast.agreement().tolist() == pytest.approx([0.6])
    assert cast.distribution()[0, CLASSES.index("happy")].item() == 1  # among the votes for an emotion


def test_a_picture_is_no_face_where_half_of_the_votes_say_so():
    assert votes({"no_face": 10}, {"no_face": 5, "happy": 5}, {"no_face": 4, "happy": 6}).faces().tolist() == [
        False,
        False,
        True,
    ]


def test_the_columns_of_a_face_set_are_picked_together_and_must_be_as_long_as_it():
    images, labels = torch.zeros(3, 1, 48, 48, dtype=torch.uint8), torch.tensor([0, 1, 2])
    cast = votes({"happy": 1}, {"sad": 2}, {"fear": 3})
    sizes = torch.tensor([[490, 640], [48, 48], [256, 256]], dtype=torch.int32)
    faces = FaceSet(images, labels, CLASSES, sizes=sizes, votes=cast, files=np.array(["a", "b", "c"]))
    for index in (slice(1, 3), torch.tensor([1, 2]), torch.tensor([False, True, True])):
        picked = faces[index]
        assert picked.files.tolist() == ["b", "c"]
        assert picked.sizes.tolist() == [[48, 48], [256, 256]]
        assert picked.votes.cast.tolist() == [2, 3]
    with pytest.raises(DataError, match="expected sizes for 3 pictures, found 2"):
        FaceSet(images, labels, CLASSES, sizes=sizes[:2])
