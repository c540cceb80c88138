"""A planted shortcut: which maps show that a network looks at the glasses, and what cures it?

On drawn faces two things are known exactly: the pixels that glasses change, and by how much putting them on moves a
logit, since the same face can be drawn with and without. Glasses sit on the eyes, where honest evidence lies too (the
lids tell of anger). So relevance on these pixels convicts nobody: an honest network, of the same kind and the same
seed, is the control, and the *difference* is the score.
"""

from dataclasses import dataclass, replace

import torch

from ..errors import DataError
from ..evaluation import roc, student_t
from ..faces import with_trait
from ..models import predict
from .scores import relevance_mass

SHORTCUT = "glasses-angry-0.9"
"""Nine of ten angry faces wear glasses, and nine of ten of the others wear none; the rest wear them by chance."""


@dataclass(frozen=True)
class Worn:
    """The same N faces without and with glasses: `off` and `on`, two FaceSets. pixels: bool [N, 48, 48], what differs.

    Rims, bridge, temples and the faint reflection, where the two differ by 2 grey levels of 255 or more.
    """

    off: object
    on: object
    pixels: torch.Tensor

    def __len__(self):
        return len(self.pixels)

    def effect(self, model, target):
        """Return what the glasses cause: logit(on) - logit(off) of `target` (int or int64 [N]), float32 [N]."""
        rows = torch.arange(len(self))
        before, after = (predict(model, faces.images)[rows, target] for faces in (self.off, self.on))
        return after - before


def wear(faces):
    """Return the `Worn` of a FaceSet that this generator drew; nothing but the glasses differs. Raises DataError."""
    off, on = (with_trait(faces, glasses=value) for value in (0.0, 1.0))
    pixels = (on.images.int() - off.images.int()).abs()[:, 0] >= 2
    return Worn(off, on, pixels)


@dataclass(frozen=True)
class Reveal:
    """How well a method's maps tell a cheat from an honest network.

    method: its name. cheat, honest: float32 [N], the share of each map's positive relevance on the glasses' pixels; NaN
    where something hides them.
    difference: its mean over the faces, cheat - honest; low, high: Student's 95 % interval over the faces, paired.
    auc: the probability that a map of the cheat has the larger share, over all pairs of a map of the cheat and a map of
    the honest network, of any two faces: 0.5 is a coin. rank_cheat, rank_honest: float32 [N], the rank of the glasses
    among the face's parts by mean relevance a pixel, 1 the highest.
    """

    method: str
    cheat: torch.Tensor
    honest: torch.Tensor
    difference: float
    low: float
    high: float
    auc: float
    rank_cheat: torch.Tensor
    rank_honest: torch.Tensor

    def __repr__(self):
        cheat, honest, first, second = (
            float(values.nanmean()) for values in (self.cheat, self.honest, self.rank_cheat, self.rank_honest)
        )
        ends = f"{100 * self.low:+.1f} to {100 * self.high:+.1f}"
        return (
            f"{self.method}: {cheat:.1%} of the relevance on the glasses against {honest:.1%}, difference "
            f"{100 * self.difference:+.1f} points ({ends}), AUC {self.auc:.2f}; "
            f"the glasses rank {first:.1f} against {second:.1f}"
        )


def reveal(method, cheat, honest, worn, target, **options):
    """Does this method show that `cheat` looks at the glasses and `honest` does not? Returns a `Reveal`.

    method: a name of `explain`, "deconvnet" (the projection of the target's logit), or a function (model, images,
    target) -> maps float [N, 48, 48], such as `lambda model, images, target: edges(images)`. worn: of `wear`; the maps
    are made of the faces with glasses. target: int or int64 [N], the class that the glasses were planted for.
    options: of `explain`. Raises DataError, ModelError.
    """
    shares, ranks = [], []
    for model in (cheat, honest):
        maps = maps_by(method, model, worn.on.images, target, **options)
        shares.append(relevance_mass(maps, worn.pixels))
        ranks.append(rank_of(worn.pixels, maps, worn.on))
    seen = worn.pixels.any(dim=(1, 2))
    gap = (shares[0] - shares[1])[seen]
    mean, half = student_t(gap.tolist())
    name = method if isinstance(method, str) else getattr(method, "__name__", "a function")
    return Reveal(name, *shares, mean, mean - half, mean + half, auc(shares[0][seen], shares[1][seen]), *ranks)


def maps_by(method, model, images, target, **options):
    """Return the maps of a method, float32 [N, 48, 48]; see `reveal` for what a method is."""
    if callable(method):
        return method(model, images, target)
    if method == "deconvnet":
        from .deconvnet import Deconvnet

        channel = torch.as_tensor(target).expand(len(images))
        return Deconvnet(model).project(images, "logits", channel).maps
    from .explaining import explain

    return explain(model, images, target, method=method, **options).maps


def auc(higher, lower):
    """Return the share of all pairs in which a value of `higher` is above one of `lower`; ties count one half.

    Each float [n], any lengths: the area under the ROC curve (Mann and Whitney 1947). DataError where one is empty.
    """
    if not len(higher) or not len(lower):
        raise DataError(f"expected values on both sides, found {len(higher)} and {len(lower)}: give at least one each.")
    return roc(torch.cat([higher, lower]), torch.arange(len(higher) + len(lower)) < len(higher)).area


def rank_of(pixels, maps, faces):
    """Return the rank of some pixels among the parts of each face by mean relevance a pixel, float32 [N]; 1: highest.

    pixels: bool [N, 48, 48], of the thing asked for. maps: float [N, 48, 48]. faces: a FaceSet with truth. Against it
    stand the parts brows, eyes, nose, mouth and cheeks without these pixels, as far as each shows, and the rest of the
    picture. Ties get their mean rank. It is what a reader does who has one map and no other network beside it: name the
    brightest thing.
    """
    truth = faces.truth
    if truth is None:
        raise DataError("expected faces with truth, found a set without: draw faces with fe.faces.sample.")
    parts = torch.stack([truth.part(name) for name in ("brows", "eyes", "nose", "mouth", "cheeks")], dim=1)
    parts &= ~pixels[:, None]
    rest = ~(parts.any(dim=1) | pixels)
    others = torch.cat([parts, rest[:, None]], dim=1)
    means = (maps[:, None] * others).sum(dim=(2, 3)) / others.sum(dim=(2, 3))  # NaN: shows nowhere, above nothing
    own = (maps * pixels).sum(dim=(1, 2)) / pixels.sum(dim=(1, 2))
    above = (means > own[:, None]).sum(dim=1)
    level = (means == own[:, None]).sum(dim=1)
    return torch.where(own.isnan(), torch.nan, 1 + above + 0.5 * level)


def both_ways(faces):
    """Cure by augmentation: each face without and with glasses, a FaceSet of 2 N pictures; raises DataError.

    It needs somebody who can redraw the picture. In the set that comes out, glasses tell nothing of the class.
    """
    worn = wear(faces)
    return replace(
        faces,
        images=torch.cat([worn.off.images, worn.on.images]),
        labels=faces.labels.repeat(2),
        groups=None,
        group_names=(),
        truth=None,
    )


def balanced(faces, seed=0, trait="glasses", share=0.5):
    """Cure by resampling: draw N faces so that in each class the same share wears glasses, a FaceSet of N pictures.

    faces: a FaceSet with truth. share: of the faces of every class that wear them. The classes keep their sizes. No
    picture is changed: the few angry faces without glasses, and the few others with, are shown many times; within a
    class and group none more than once more than another. Raises DataError where a class has none of one kind.
    """
    if faces.truth is None or trait not in faces.truth.attributes:
        raise DataError(f"expected faces whose {trait} is known, found none: load the set faces.")
    has = faces.truth.attributes[trait] > 0
    generator = torch.Generator().manual_seed(seed)
    drawn = []
    for label, name in enumerate(faces.classes):
        here = faces.labels == label
        wanted = round(int(here.sum()) * share)
        for group, count in ((has, wanted), (~has, int(here.sum()) - wanted)):
            rows = torch.nonzero(here & group).flatten()
            if count and not len(rows):
                raise DataError(
                    f"expected faces of both kinds in every class, found {name} without one kind of {trait}: draw more "
                    "faces or plant a weaker shortcut."
                )
            if count:
                rounds = -(-count // len(rows))
                order = [rows[torch.randperm(len(rows), generator=generator)] for _ in range(rounds)]
                drawn.append(torch.cat(order)[:count])
    return faces[torch.cat(drawn).sort().values]
