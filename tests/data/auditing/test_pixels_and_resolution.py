from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import fer_edu as fe
from fer_edu.data.auditing import audit
from fer_edu.data.auditing.jpeg import LINE, jpeg_scores, steps
from fer_edu.data.auditing.pixels import grey_levels
from fer_edu.data.auditing.resolution import SOFT, sharpness


def rows(images):
    return images.numpy().reshape(-1, 2304)


def where(found, kind, name):
    (finding,) = found.found(kind, name)
    return [index for ((_, index),) in finding.groups]


def test_grey_levels_are_numpys(drawn):
    deviation, clipped, levels = grey_levels(rows(drawn.images))
    pixels = rows(drawn.images)
    assert deviation == pytest.approx(pixels.std(1), rel=1e-5)
    assert clipped == pytest.approx(((pixels == 0) | (pixels == 255)).mean(1))
    assert levels.tolist() == [len(np.unique(row)) for row in pixels]


def test_blank_faint_clipped_and_stepped_pictures_are_found_and_nothing_else(three):
    images = three["train"].images
    noise = torch.Generator().manual_seed(0)
    images[0] = 0
    images[1] = 128 + torch.randint(0, 4, (1, 48, 48), generator=noise)  # deviation 1.1: blank
    images[2] = (128 + 5 * torch.randn(1, 48, 48, generator=noise)).to(torch.uint8)  # deviation 5: faint
    images[3] = torch.where(images[3] > 128, 255, 0).to(torch.uint8)
    images[4] = images[4] // 16 * 16
    found = audit(three)
    assert where(found, "blank", "train") == [0, 1]
    assert where(found, "faint", "train") == [2]
    assert where(found, "clipped", "train") == [3]
    assert where(found, "few grey levels", "train") == [3, 4]
    for kind in ("blank", "faint", "clipped", "few grey levels"):
        assert where(found, kind, "val") == where(found, kind, "test") == []


@pytest.mark.parametrize("difficulty", ["easy", "classroom", "wild", "cartoon"])
def test_faces_as_they_were_drawn_are_neither_soft_nor_recompressed(difficulty):
    pixels = rows(fe.faces.sample(300, seed=2, difficulty=difficulty).images)
    assert (jpeg_scores(pixels) > LINE).sum() == 0
    if difficulty != "wild":  # whose camera blurs
        assert (sharpness(pixels) < SOFT).sum() == 0


@pytest.mark.parametrize("method", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_pictures_enlarged_from_half_their_size_are_soft(drawn, method):
    small = [Image.fromarray(image[0].numpy()).resize((24, 24), Image.Resampling.BOX) for image in drawn.images]
    pixels = np.stack([np.array(image.resize((48, 48), method)) for image in small]).reshape(-1, 2304)
    assert (sharpness(pixels) < SOFT).mean() > 0.95


@pytest.mark.parametrize("quality", [20, 50, 75, 80, 85, 88, 90, 92, 94, 95, 96, 97, 98])
def test_pictures_that_were_jpeg_at_this_size_are_told_from_those_that_were_not(drawn, saved, quality):
    pixels = rows(torch.stack([saved(image, quality) for image in drawn.images]))
    assert (jpeg_scores(pixels) > LINE).mean() > 0.97


def test_jpeg_on_another_grid_is_not_claimed_to_be_seen(drawn, saved):
    larger = [
        torch.nn.functional.pad(image[None].float(), (3, 5, 3, 5), "replicate")[0].to(torch.uint8)
        for image in drawn.images[:100]
    ]
    pixels = rows(torch.stack([saved(image, 90)[:, 3:51, 3:51] for image in larger]))
    assert (jpeg_scores(pixels) > LINE).mean() < 0.05


@pytest.mark.parametrize("quality", [10, 50, 75, 95, 98])
def test_the_steps_are_those_that_the_encoder_writes_into_the_file(tmp_path, quality):
    Image.new("L", (48, 48)).save(tmp_path / "x.jpg", quality=quality)
    assert Image.open(tmp_path / "x.jpg").quantization[0] == steps(quality).ravel().tolist()


def test_a_set_that_went_through_jpeg_is_found_as_a_whole_with_an_interval(three, saved):
    three["val"] = replace(three["val"], images=torch.stack([saved(image, 75) for image in three["val"].images]))
    found = audit(three)
    (val,) = found.found("recompressed", "val")
    (train,) = found.found("recompressed", "train")
    low, high = val.detail["interval95"]
    assert val.count == 40 and low > 0.9 and high == pytest.approx(1)
    assert train.count == 0 and train.detail["interval95"][1] < 0.05


def test_sizes_are_told_where_they_are_known(three):
    sizes = torch.tensor([[490, 640]] * 97 + [[480, 640], [30, 30], [48, 47]], dtype=torch.int32)
    found = audit({"train": replace(three["train"], sizes=sizes), "val": three["val"]})
    (finding,) = found.found("sizes")
    assert finding.sets == ("train",) and (finding.count, finding.of) == (2, 100)
    assert finding.detail == {
        "sizes": 4,
        "most": [490, 640],
        "smallest": [30, 30],
        "largest": [490, 640],
        "not square": 99,
    }
