"""Notebook 09: the mistakes that its checks know, and the numbers that its text and its hints rest on."""

import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional as F

from fer_edu import exercises
from fer_edu.exercises import ch09
from fer_edu.saliency import Deconvnet

ACTIVATION, TABLE = ch09.one_pass(ch09.SECOND)
GREY_DROPS, BLACK_DROPS = (0.4, 0.0, 0.8), (0.9, 2.0, -0.2)
BLOCKS = (2.0, 1.0, 0.0, -0.5)
CHEAT = "ABC"[ch09.order(ch09.SUSPECTS).index("tempted")]
INNOCENT = "ABC"[ch09.order(ch09.SUSPECTS).index("honest")]


def projected(*arguments, **keywords):
    return (5, ch09.one_pass(ch09.SECOND, *arguments, **keywords)[1].tolist())


def overwriting(values, switches, size):
    flat = torch.zeros(*values.shape[:2], size[0] * size[1])
    return flat.scatter(2, switches.flatten(2), values.flatten(2)).reshape(*values.shape[:2], *size)


def answers(rule):
    """A student's function from a rule on (before, after, target)."""
    return lambda network, off, on, target: rule(network(off).argmax(1), network(on).argmax(1), target)


MISTAKES = [
    ("09.1", 5, "two things"),
    ("09.1", (6, TABLE.tolist()), "bias -1 is missing"),
    ("09.1", (3, TABLE.tolist()), "kernel in the text"),
    ("09.1", (4, TABLE.tolist()), "must be 0, not -1"),
    ("09.1", (7, TABLE.tolist()), "the activation: 7 is not right"),
    ("09.1", projected("none"), "no relu on the way back"),
    ("09.1", projected("backprop"), "that is backpropagation"),
    ("09.1", projected("guided"), "that is guided backprop"),
    ("09.1", projected(switches="corner"), "switches are missing"),
    ("09.1", projected(switches="all"), "its whole block"),
    ("09.1", projected(start="one"), "start from the activation itself"),
    ("09.1", (5, (-TABLE).tolist()), "filter is turned round"),
    ("09.1", (5, ch09.one_pass(ch09.WORKED)[1].tolist()), "projection of the kernel in the text"),
    ("09.1", (5, TABLE[:, :4].tolist()), "shape"),
    ("09.1", (5, "a picture"), "four rows of five"),
    ("09.2", lambda v, s, size: F.interpolate(v, size=size), "its whole window"),
    ("09.2", lambda v, s, size: ch09.unpool(v, s[:1, :1].expand_as(s), size), "its own switches"),
    ("09.2", overwriting, "do not overwrite"),
    ("09.2", lambda v, s, size: None, "without `return`"),
    ("09.2", 3, "without brackets"),
    ("09.3", ((8, 4, 0, -2), 32), "undoes the pool"),
    ("09.3", ((4, 2, 0, -1), 32), "not 1/2"),
    ("09.3", ((3, 3, 7, 2), 32), "on the way up"),
    ("09.3", (BLOCKS, 128), "sums of the blocks"),
    ("09.3", (BLOCKS, 15), "sum of the averages"),
    ("09.3", (BLOCKS, 150), "place by place"),
    ("09.3", BLOCKS, "two things"),
    ("09.3", ((2, 1, 0), 32), "four numbers"),
    ("09.4", ((-0.4, 0, 0.8), BLACK_DROPS), "grey box: the pixel 1: the sign is turned round"),
    ("09.4", (BLACK_DROPS, GREY_DROPS), "grey box: the pixel 1: that is under the black box"),
    ("09.4", (GREY_DROPS, GREY_DROPS), "black box: the pixel 1: that is under the grey box"),
    ("09.4", ((2.3, 0, 0.8), BLACK_DROPS), "the score that is left"),
    ("09.4", ((0.4, 4, 0.8), BLACK_DROPS), "that is the weight"),
    ("09.4", (GREY_DROPS, (0.9, 0.5, -0.2)), "how far the pixel moved"),
    ("09.4", GREY_DROPS, "two triples"),
    ("09.5", 3, "a text of letters"),
    ("09.5", "BDX", "no map X"),
    ("09.5", "ABD", "the eyes of an honest one glow"),
    ("09.5", "B, C, D", "never met a network"),
    ("09.5", "B", "map D is missing"),
    ("09.6", (answers(lambda a, b, t: (a != b).float().mean().item()), CHEAT), "every changed answer"),
    ("09.6", (answers(lambda a, b, t: (b == t).float().mean().item()), CHEAT), "called `target` before, too"),
    (
        "09.6",
        (answers(lambda a, b, t: ((b == t).float() - (a == t).float()).mean().item()), CHEAT),
        "count only those that turned",
    ),
    ("09.6", (answers(lambda a, b, t: ((a != t) & (b == t)).sum().item()), CHEAT), "the share of all is wanted"),
    ("09.6", (lambda network, off, on, target: ch09.turned(network, on, off, target), CHEAT), "without comes first"),
    ("09.6", (ch09.turned, INNOCENT), "is not the one"),
    ("09.6", (ch09.turned, "D"), "A, B or C is wanted"),
    ("09.6", ch09.turned, "two things"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("number", [e.number for e in exercises.exercises("09")])
def test_references_are_correct_and_starters_not_attempted(number):
    exercise = next(e for e in exercises.exercises("09") if e.number == number)
    assert exercises.check(number, exercise.reference).correct
    assert exercises.check(number, ...).status == "not attempted"
    assert len(exercise.hints) >= 2


def hand_network(second):
    """The network of the notebook's pass by hand, as an nn.Sequential."""
    network = nn.Sequential(
        nn.Conv2d(1, 1, (1, 2), bias=False), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(1, 1, 2), nn.ReLU(), nn.Flatten()
    )
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor(ch09.EDGE).float().reshape(1, 1, 1, 2))
        network[3].weight.copy_(torch.tensor(second).float()[None, None])
        network[3].bias.fill_(ch09.BIAS)
    return network


@pytest.mark.parametrize("rule", ["deconvnet", "backprop", "guided"])
def test_the_pass_on_paper_is_that_of_the_librarys_deconvnet(rule):
    """The library works on pictures in 0..1: the pass is linear but for the bias, which is scaled with it."""
    network = hand_network(ch09.SECOND)
    with torch.no_grad():
        network[3].bias.div_(10)
    picture = torch.tensor(ch09.PICTURE).float()[None, None] / 10
    back = Deconvnet(network, rule=rule)
    projection = back.project(picture, "4", 0)
    activation, expected = ch09.one_pass(ch09.SECOND, rule)
    assert projection.activation.item() * 10 == pytest.approx(activation, abs=1e-5)
    torch.testing.assert_close(projection.maps[0] * 10, expected.float(), atol=1e-5, rtol=0)


def test_the_backprop_rule_on_paper_is_autograds_gradient_times_the_activation():
    picture = torch.tensor(ch09.PICTURE).float()[None, None].requires_grad_()
    top = hand_network(ch09.WORKED)(picture)
    (gradient,) = torch.autograd.grad(top.sum(), picture)
    activation, expected = ch09.one_pass(ch09.WORKED, "backprop")
    assert top.item() == activation == 3
    torch.testing.assert_close((gradient * top.detach())[0, 0], expected.float())


def test_the_tables_in_the_text_are_those_of_the_pass():
    """The notebook prints them; here they are once more, from a pencil."""
    edges = torch.tensor([[2.0, -1, 0, 4], [1, 3, -1, 0], [-1, 0, -2, -1], [0, 5, -2, -2]])
    picture = torch.tensor(ch09.PICTURE).float()
    assert torch.equal(picture[:, 1:] - picture[:, :-1], edges)
    worked = torch.zeros(4, 5)
    worked[1, 1:3] = worked[3, 1:3] = torch.tensor([-3.0, 3])
    worked[2, 3:] = torch.tensor([-6.0, 6])
    assert torch.equal(ch09.one_pass(ch09.WORKED)[1].float(), worked)
    asked = torch.zeros(4, 5)
    asked[0, 3:], asked[1, 1:3], asked[2, 3:] = (torch.tensor([-v, v]) for v in (10.0, 5.0, 5.0))
    assert torch.equal(TABLE.float(), asked) and ACTIVATION == 5


def test_the_adjoint_keeps_the_inner_product():
    """<A x, y> = <x, A' y>: what hint 3 of 09.3 tells a student to check."""
    back = torch.tensor(BLOCKS).reshape(2, 2).repeat_interleave(2, 0).repeat_interleave(2, 1)
    assert (torch.tensor(ch09.BELOW) * back).sum().item() == 32


def test_scipys_paired_t_test_unmasks_the_same_maps():
    """One-sided at 2.5 %: where Student's 95 % interval of the differences lies above 0."""
    found = {
        letter: stats.ttest_rel(cheat, honest, alternative="greater").pvalue
        for letter, (cheat, honest) in ch09.unnamed_maps().items()
        if cheat != honest
    }
    assert "".join(letter for letter, p in found.items() if p < 0.025) == "BD"


def test_the_line_up_hides_the_names_and_is_the_same_each_time():
    first = ch09.line_up(honest=1, tempted=2, cured=3)
    assert first == ch09.line_up(cured=3, tempted=2, honest=1)
    assert list(first) == ["A", "B", "C"] and first[CHEAT] == 2
