"""`load` finds the reader, `parse` reads what the command line says; both refuse in a sentence."""

import sys
import types

import pytest

import fer_edu as fe
from fer_edu.data import load, parse, split_names
from fer_edu.errors import DataError


@pytest.mark.parametrize(
    "spec, expected",
    [
        ("faces", ("faces", None, {})),
        ("faces:size=4000,seed=3", ("faces", None, {"size": 4000, "seed": 3})),
        ("faces:difficulty=easy", ("faces", None, {"difficulty": "easy"})),
        ("fer2013", ("fer2013", None, {})),
        ("fer2013:/data/fer", ("fer2013", "/data/fer", {})),
        ("fer2013:C:\\data, mine=new\\fer", ("fer2013", "C:\\data, mine=new\\fer", {})),
        ("ckplus:/data/ck", ("ckplus", "/data/ck", {})),
        ("ckplus:/data/ck,fold=3,neutral=true", ("ckplus", "/data/ck", {"fold": 3, "neutral": True})),
        ("ckplus:/data, a=b/CK+,frames=last three", ("ckplus", "/data, a=b/CK+", {"frames": "last three"})),
        ("ferg:protocol=paper", ("ferg", None, {"protocol": "paper"})),
        ("ferg:/data/fold=3/ferg", ("ferg", "/data/fold=3/ferg", {})),
        ("mnist:/data,size=300", ("mnist", "/data", {"size": 300})),
    ],
)
def test_parse(spec, expected):
    assert parse(spec) == expected


@pytest.mark.parametrize(
    "spec, fact",
    [
        ("cifar", "faces, fer2013, ckplus, jaffe, ferg, folder, digits, mnist, found 'cifar'"),
        ("", "found ''"),
        ("fer2013:", "after the colon"),
        ("faces:", "after the colon"),
        ("faces:4000", "option=value, found '4000'"),
        ("faces:size=", "option=value"),
        ("faces:size=many", "size as a whole number, found 'many'"),
        ("faces:colour=red", "size, seed, difficulty, shortcut for faces, found 'colour'"),
        ("faces:size=1,size=2", "size twice"),
        ("ckplus:/data,neutral=perhaps", "neutral as true or false, found 'perhaps'"),
        ("jaffe:/data,fold=third", "fold as a whole number, found 'third'"),
    ],
)
def test_parse_refuses(spec, fact):
    with pytest.raises(DataError, match=r"^expected .*\.$") as caught:
        parse(spec)
    assert fact in str(caught.value)


@pytest.mark.parametrize(
    "arguments, options, fact",
    [
        (("cifar",), {}, "faces, fer2013, ckplus, jaffe, ferg, folder, digits, mnist, found 'cifar'"),
        (("ckplus", "dev"), {}, "train, val, test, all, found 'dev'"),
        (("ckplus",), {"fold": True}, "fold as a whole number, found True"),
        (("ckplus",), {"neutral": 1}, "neutral as true or false, found 1"),
        (("jaffe",), {"neutral": True}, "for jaffe, found 'neutral'"),
        (("fer2013",), {"size": 3}, "no options for fer2013, found 'size'"),
        (("faces",), {"sise": 3}, "size, seed, difficulty, shortcut for faces, found 'sise'"),
        (("faces",), {"size": "3"}, "size as a whole number, found '3'"),
        (("faces",), {"seed": 0.5}, "seed as a whole number, found 0.5"),
        (("faces", "dev"), {}, "train, val, test, found 'dev'"),
        (("faces", "train", "somewhere"), {}, "no root for faces"),
    ],
)
def test_load_refuses(arguments, options, fact):
    with pytest.raises(DataError, match=r"^expected .*\.$") as caught:
        load(*arguments, **options)
    assert fact in str(caught.value)


def test_faces_are_asked_of_the_generator(monkeypatch):
    generator = types.ModuleType("fer_edu.faces")
    generator.load_split = lambda **arguments: arguments
    monkeypatch.setitem(sys.modules, "fer_edu.faces", generator)
    monkeypatch.setattr(fe, "faces", generator, raising=False)
    assert load("faces", "val", size=12, seed=3) == {"split": "val", "size": 12, "seed": 3}


def test_splits_are_in_the_order_of_use():
    assert split_names("faces") == split_names("fer2013") == ("train", "val", "test")
    with pytest.raises(DataError, match="'cifar'"):
        split_names("cifar")
