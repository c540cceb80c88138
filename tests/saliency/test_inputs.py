import numpy as np
import pytest
import torch
from torch import nn

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.saliency.inputs import checked, evaluating


@pytest.fixture
def model():
    return fe.models.create("cnn", seed=0)


@pytest.fixture(scope="module")
def images():
    return fe.faces.sample(3, seed=0).images


def test_bytes_and_floats_are_the_same_pictures(model, images):
    x, target, logits = checked(model, images)
    again = checked(model, images.float() / 255)
    assert x.dtype == torch.float32 and torch.equal(x * 255, images.float())
    assert torch.equal(x, again[0]) and torch.equal(logits, again[2])
    assert torch.equal(target, fe.models.predict(model, images).argmax(1))


def test_the_given_pictures_are_never_changed(model, images):
    given = images.float() / 255
    x, _, _ = checked(model, given)
    x.zero_()
    assert torch.equal(given, images.float() / 255)


@pytest.mark.parametrize("target", [4, torch.tensor(4), [4, 4, 4], np.array([4, 4, 4]), torch.tensor([4, 4, 4])])
def test_one_class_for_all_or_one_for_each(model, images, target):
    assert checked(model, images, target)[1].tolist() == [4, 4, 4]


def test_a_model_in_double_precision_is_asked_in_it(images):
    assert checked(fe.models.create("cnn", seed=0).double(), images)[0].dtype == torch.float64


BAD = {
    "a target above the classes": (lambda x: x, 7, "class in 0..6, found 7"),
    "a target below 0": (lambda x: x, -1, "class in 0..6, found -1"),
    "a target of the wrong length": (lambda x: x, [1, 2], "one class for each of 3 pictures"),
    "a fractional target": (lambda x: x, 1.5, "whole numbers"),
    "a truth value as target": (lambda x: x, True, "whole numbers"),
    "a class by its name": (lambda x: x, "happy", "whole number"),
    "another size": (lambda x: x[:, :, :40, :40], None, r"\[3, 1, 40, 40\]"),
    "three channels": (lambda x: x.expand(-1, 3, -1, -1), None, r"\[3, 3, 48, 48\]"),
    "one picture without its axes": (lambda x: x[0, 0], None, "slice"),
    "floats from 0 to 255": (lambda x: x.float(), None, "divide 0..255 by 255"),
    "floats below 0": (lambda x: x.float() / 255 - 0.5, None, "0..1, found"),
    "NaN in a picture": (lambda x: x.float() * float("nan"), None, "0..1, found nan"),
    "int64": (lambda x: x.long(), None, "found int64"),
    "an empty set": (lambda x: x[:0], None, "at least one picture"),
    "a FaceSet": (lambda x: fe.faces.sample(2, seed=0), None, "give its .images"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_one_sentence(model, images, name):
    spoil, target, said = BAD[name]
    with pytest.raises(ModelError, match=said) as caught:
        checked(model, spoil(images), target)
    assert str(caught.value).startswith("expected ") and str(caught.value).count(". ") == 0


def test_logits_that_are_no_numbers_are_refused(model, images):
    nn.init.constant_(model.final_layers[1].bias, float("nan"))
    with pytest.raises(ModelError, match="3 of 3 pictures"):
        checked(model, images)


def test_what_is_no_network_or_ends_in_no_logits_is_refused(images):
    with pytest.raises(ModelError, match="torch network, found function"):
        checked(lambda x: x, images)
    with pytest.raises(ModelError, match=r"found \[3, 2, 48, 48\]"):
        checked(nn.Conv2d(1, 2, 1), images)
    with pytest.raises(ModelError, match="at which it stops"):
        checked(nn.Sequential(nn.Flatten(), nn.Linear(100, 2)), images)


def test_a_model_comes_back_as_it_was_after_an_error_too(model):
    model.train()
    model.parts[1].eval()
    first = next(model.parameters()).requires_grad_(False)
    modes = [module.training for module in model.modules()]
    with pytest.raises(RuntimeError), evaluating(model):
        assert not any(module.training for module in model.modules())
        assert not any(weight.requires_grad for weight in model.parameters())
        raise RuntimeError
    assert [module.training for module in model.modules()] == modes
    assert not first.requires_grad and sum(not weight.requires_grad for weight in model.parameters()) == 1
