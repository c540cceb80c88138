"""Two reports on one set are compared picture by picture; reports of other pictures are refused."""

import json
from dataclasses import replace

import pytest
import torch

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.evaluation import head_to_head, mcnemar


@pytest.fixture(scope="module")
def reports():
    """Two untrained networks on the same drawn faces."""
    faces = fe.data.load("faces", split="val", size=120)
    return [fe.evaluation.evaluate(fe.models.create("cnn", seed=seed), faces) for seed in (0, 1)]


def test_the_difference_is_that_of_the_accuracies_and_of_the_pictures_that_one_names_alone(reports):
    found = head_to_head(*reports)
    assert found.difference == pytest.approx(reports[0].accuracy - reports[1].accuracy)
    assert found.difference == pytest.approx((found.mcnemar.only_a - found.mcnemar.only_b) / 120)
    assert found.low <= found.difference <= found.high
    assert (found.a.hits, found.b.hits) == (reports[0].correct, reports[1].correct)
    assert found.mcnemar == mcnemar(*[report.predicted == report.labels for report in reports])
    json.dumps(found.as_dict())


def test_a_network_against_itself_is_no_different(reports):
    found = head_to_head(reports[0], reports[0])
    assert (found.difference, found.low, found.high, found.mcnemar.p) == (0, 0, 0, 1)


def test_pictures_of_few_people_are_fewer_witnesses(reports):
    """Ten people who are each wholly right under one network and wholly wrong under the other: a wider interval."""
    right, people = torch.zeros(120, dtype=torch.bool), torch.arange(120) // 12
    right[people % 2 == 0] = True
    labels = reports[0].labels
    answers = [torch.where(mask, labels, (labels + 1) % 7) for mask in (right, ~right)]
    pair = [
        replace(report, probabilities=torch.eye(7)[answer]) for report, answer in zip(reports, answers, strict=True)
    ]
    alone, together = head_to_head(*pair), head_to_head(*pair, subjects=people)
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert together.people == 10 and "10 people" in str(together) and "over pictures" in str(alone)


def test_reports_of_other_pictures_and_counts_alone_are_refused(reports):
    other = fe.evaluation.evaluate(fe.models.create("cnn", seed=0), fe.data.load("faces", split="val", size=60))
    with pytest.raises(DataError, match="same pictures.*other fingerprints"):
        head_to_head(reports[0], other)
    with pytest.raises(DataError, match="counts alone"):
        head_to_head(reports[0], replace(reports[1], probabilities=None))
