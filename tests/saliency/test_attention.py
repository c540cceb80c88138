"""Where a look falls: against a polygon test, torch's own sampler, autograd and brute force."""

import pytest
import torch
from matplotlib.path import Path
from torch.nn import functional as F

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.geometry import build_theta, identity_theta, invert
from fer_edu.saliency.attention import attended, following, to_picture, weight_read

LOOKS = torch.cat(
    [
        build_theta(scale=0.5),
        build_theta(rotation=30.0, scale=0.6, shift=(0.3, -0.2)),
        build_theta(rotation=-70.0, scale=[[0.4, 0.9]], shear=0.3, shift=(-0.5, 0.4)),
        build_theta(scale=[[0.5, -0.7]]),  # a mirror image
    ]
)


def test_a_look_attends_to_the_pixels_whose_centres_lie_in_its_quadrilateral():
    height, width = 20, 32
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    centres = torch.stack([(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1], dim=-1).view(-1, 2)
    square = torch.tensor([[-1.0, -1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
    for theta, found in zip(LOOKS, attended(LOOKS, height, width), strict=True):
        inside = Path((square @ theta.T).numpy()).contains_points(centres.numpy())
        assert torch.equal(found.flatten(), torch.from_numpy(inside))


def test_the_identity_attends_to_everything_and_half_a_look_to_the_middle_quarter():
    assert attended(identity_theta(2)).all()
    (half,) = attended(build_theta(scale=0.5))
    assert half.sum() == 24 * 24
    assert half[12:36, 12:36].all()


def test_a_flat_look_and_one_that_is_no_number_attend_to_nothing():
    flat = torch.zeros(1, 2, 3)
    broken = torch.full((1, 2, 3), torch.nan)
    found = attended(torch.cat([flat, identity_theta(), broken]))
    assert found.flatten(1).sum(1).tolist() == [0, 48 * 48, 0]


@pytest.mark.parametrize("padding", ["border", "zeros", "reflection"])
def test_bringing_back_is_the_adjoint_of_torchs_sampler(padding):
    """⟨A x, y⟩ = ⟨x, Aᵀ y⟩ in double precision."""
    generator = torch.Generator().manual_seed(0)
    theta = LOOKS.double()
    x, y = torch.randn(2, len(theta), 9, 13, generator=generator, dtype=torch.float64)
    grid = F.affine_grid(theta, [len(theta), 1, 9, 13], align_corners=False)
    seen = F.grid_sample(x[:, None], grid, "bilinear", padding, align_corners=False)[:, 0]
    back = to_picture(y, theta, padding)
    torch.testing.assert_close((seen * y).sum((1, 2)), (x * back).sum((1, 2)), rtol=1e-10, atol=1e-10)


def test_a_map_keeps_its_sum_on_the_way_back():
    maps = torch.randn(len(LOOKS), 48, 48, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(to_picture(maps, LOOKS).sum((1, 2)), maps.sum((1, 2)), rtol=1e-4, atol=1e-3)


def test_the_gradient_by_the_warped_picture_comes_back_as_the_gradient_with_theta_held():
    model = fe.models.create("st-cnn", seed=0).eval()
    x = torch.rand(len(LOOKS), 1, 48, 48, generator=torch.Generator().manual_seed(2))

    def rest(warped):
        for part in model.parts:
            warped = part(warped)
        return model.classifier(warped)[:, 3].sum()

    def look(picture):
        return model.transformer.transform(picture, LOOKS)

    picture = x.clone().requires_grad_()
    (held,) = torch.autograd.grad(rest((look(picture) - 0.5) / 0.25), picture)
    warped = look(x).requires_grad_()
    (by_warped,) = torch.autograd.grad(rest((warped - 0.5) / 0.25), warped)
    torch.testing.assert_close(to_picture(by_warped[:, 0], LOOKS), held[:, 0], rtol=1e-4, atol=1e-6)


def test_a_pixel_that_is_not_read_cannot_change_what_is_seen():
    read = weight_read(LOOKS)
    assert ((read == 0) & ~attended(LOOKS)).any(2).any(1).all()
    x = torch.rand(len(LOOKS), 1, 48, 48, generator=torch.Generator().manual_seed(3))
    other = torch.where((read == 0)[:, None], 1 - x, x)
    model = fe.models.create("st-cnn", seed=0)
    assert torch.equal(model.transformer.transform(x, LOOKS), model.transformer.transform(other, LOOKS))
    assert not torch.equal(x, other)


def test_the_identity_reads_every_pixel_once_and_a_wide_look_leaves_pixels_out():
    torch.testing.assert_close(weight_read(identity_theta()), torch.ones(1, 48, 48), rtol=0, atol=1e-4)
    narrow = weight_read(build_theta(scale=4.0), padding_mode="zeros")
    assert (narrow == 0).float().mean() > 0.7  # 12 x 12 points of two by two pixels at most
    assert attended(build_theta(scale=4.0)).all()


def discs(centres, radius=0.25):
    rows, columns = torch.meshgrid(torch.arange(48), torch.arange(48), indexing="ij")
    places = torch.stack([(2 * columns + 1) / 48 - 1, (2 * rows + 1) / 48 - 1], dim=-1)
    return (places[None] - centres[:, None, None]).norm(dim=-1) < radius


def test_looks_aimed_at_their_things_follow_them():
    centres = (torch.rand(12, 2, generator=torch.Generator().manual_seed(4)) - 0.5) * 1.2
    masks = discs(centres)
    found = following(build_theta(scale=0.3, shift=centres), masks)
    assert found.kept.eq(1).all()
    assert found.by_others.mean() < 0.5
    torch.testing.assert_close(found.correlation, torch.ones(2), atol=0.01, rtol=0)
    assert found.distance.max() < 1
    torch.testing.assert_close(found.covered, attended(build_theta(scale=0.3, shift=centres)).float().mean((1, 2)))


def test_what_other_looks_keep_is_the_mean_over_all_other_pictures():
    centres = (torch.rand(5, 2, generator=torch.Generator().manual_seed(5)) - 0.5) * 1.2
    masks, theta = discs(centres), build_theta(scale=0.4, rotation=20.0, shift=centres.flip(0))
    looks, found = attended(theta), following(theta, masks)
    for k in range(5):
        shares = [(looks[j] & masks[k]).sum() / masks[k].sum() for j in range(5)]
        assert found.kept[k] == pytest.approx(float(shares[k]))
        assert found.by_others[k] == pytest.approx(float(sum(s for j, s in enumerate(shares) if j != k) / 4))


def test_one_look_for_all_follows_nothing():
    masks = discs((torch.rand(6, 2, generator=torch.Generator().manual_seed(6)) - 0.5) * 1.2)
    found = following(build_theta(scale=0.5).expand(6, 2, 3), masks)
    assert found.correlation.isnan().all()
    torch.testing.assert_close(found.kept, found.by_others)


def test_an_empty_mask_is_left_out():
    masks = discs(torch.tensor([[0.0, 0.0], [0.3, 0.1], [-0.2, 0.2]]))
    masks[1] = False
    found = following(identity_theta(3), masks)
    assert found.kept.isnan().tolist() == [False, True, False]
    assert "keeps 100% of the thing" in repr(found)


def test_the_true_poses_of_drawn_faces_follow_the_faces():
    far = fe.faces.Difficulty(scale=(0.45, 0.7), shift=(-0.45, 0.45))
    faces = fe.faces.sample(20, difficulty=far)
    found = following(invert(faces.truth.theta), faces.truth.part("face"))
    assert found.correlation.min() > 0.98
    assert found.kept.mean() > 0.95


@pytest.mark.parametrize("theta", [torch.zeros(2, 3), torch.zeros(1, 3, 3), torch.zeros(1, 2, 3, dtype=torch.int64)])
def test_another_theta_is_refused(theta):
    for ask in (attended, weight_read, lambda t: to_picture(torch.zeros(1, 4, 4), t)):
        with pytest.raises(DataError, match=r"expected theta as float \[N, 2, 3\], found"):
            ask(theta)


def test_maps_and_masks_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match=r"expected maps as float \[2, H, W\]"):
        to_picture(torch.zeros(3, 4, 4), identity_theta(2))
    for masks in (torch.zeros(3, 4, 4, dtype=torch.bool), torch.zeros(2, 4, 4)):
        with pytest.raises(DataError, match="expected masks as bool"):
            following(identity_theta(2), masks)


def test_the_shipped_network_that_was_told_where_the_face_is_follows_it():
    dials = {name: tuple(ends) for name, ends in fe.records.read("attention")["settings"]["dials"].items()}
    far = fe.faces.load_split("test", size=60, seed=0, difficulty=fe.faces.Difficulty(**dials))
    model = fe.models.pretrained("st-cnn-faces")
    with torch.inference_mode():
        theta = model.theta(far.images.float() / 255)
    found = following(theta, far.truth.part("face"))
    assert found.kept.mean() > 0.98 > 0.8 > found.by_others.mean()
    assert found.correlation.min() > 0.95
    assert (fe.models.predict(model, far.images).argmax(1) == far.labels).float().mean() > 0.85
