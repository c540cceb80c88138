"""Mixup and cutmix: what each picture and each label is made of."""

import numpy as np
import pytest
import torch

from fer_edu.data.mixing import Mix, draw_mix, mix_pictures


def test_both_off_draws_nothing():
    assert draw_mix(0.0, 0.0, 48, 48, np.random.default_rng(0)) is None


def test_mixup_is_the_weighed_mean_of_a_picture_and_its_partner():
    images = torch.tensor([0.0, 1.0, 0.5]).view(3, 1, 1, 1).expand(3, 1, 4, 4)
    mixed = mix_pictures(images, torch.tensor([1, 2, 0]), Mix(0.75))
    assert mixed[:, 0, 0, 0].tolist() == pytest.approx([0.25, 0.875, 0.375])


def test_mixup_shares_follow_the_beta_distribution():
    generator = np.random.default_rng(0)
    shares = np.array([draw_mix(0.4, 0.0, 48, 48, generator).share for _ in range(4000)])
    assert abs(shares.mean() - 0.5) < 0.02
    assert abs(shares.var() - 1 / (4 * (2 * 0.4 + 1))) < 0.01  # variance of Beta(a, a)


def test_cutmix_takes_exactly_its_box_from_the_partner_and_its_share_counts_the_rest():
    generator, images = np.random.default_rng(1), torch.stack([torch.zeros(1, 48, 40), torch.ones(1, 48, 40)])
    for _ in range(200):
        mix = draw_mix(0.0, 1.0, 48, 40, generator)
        mixed = mix_pictures(images, torch.tensor([1, 0]), mix)
        assert mixed[0].mean().item() == pytest.approx(1 - mix.share, abs=1e-6)
        assert mixed[1].mean().item() == pytest.approx(mix.share, abs=1e-6)
        top, bottom, left, right = mix.box
        assert mixed[0, 0, top:bottom, left:right].sum() == mixed[0].sum()


def test_both_on_uses_both_about_equally_often():
    generator = np.random.default_rng(2)
    boxes = [draw_mix(1.0, 1.0, 48, 48, generator).box is not None for _ in range(1000)]
    assert 420 < sum(boxes) < 580


def test_mixing_leaves_the_pictures_it_was_given_alone():
    images = torch.rand(4, 1, 48, 48)
    before = images.clone()
    mix_pictures(images, torch.tensor([3, 2, 1, 0]), Mix(0.5, (0, 10, 0, 10)))
    assert torch.equal(images, before)
