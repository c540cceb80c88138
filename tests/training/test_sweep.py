"""Sweeps: independent jobs, shared out without gap or overlap, resumed, and merged seed by seed."""

import json

import pytest

import fer_edu as fe
from fer_edu.errors import ModelError, RecipeError, RunFolderError
from fer_edu.training import sweep

from .test_fit import SMALL, stripes

PLAN = {
    "model": "sdl",
    "options": {name: value for name, value in SMALL.items() if name != "classes"},
    "recipe": "classroom",
    "set": {"epochs": 2, "batch_size": 16},
    "pictures": 48,
    "held_out": 16,
    "seeds": 2,
    "base": "as it is",
    "rows": {
        "as it is": {},
        "no transformer": {"options": {"transformers": "none"}, "group": "g", "says": "none"},
        "1 epoch": {"set": {"epochs": 1}},
    },
}


@pytest.fixture(scope="module")
def sets():
    return stripes(80, 0), stripes(40, 1)


@pytest.fixture(scope="module")
def done(sets, tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep")
    return out, [sweep.run_job(job, *sets, out, "cpu", "none") for job in sweep.jobs(PLAN)]


def test_shares_hold_every_job_once():
    everything = sweep.jobs(PLAN)
    assert len(everything) == 6
    shared = [job for index in range(4) for job in sweep.share(everything, index, 4)]
    assert sorted(map(str, shared)) == sorted(map(str, everything))
    assert len({job.folder for job in everything}) == 6


def test_jobs_run_seed_by_seed_so_that_an_early_stop_leaves_whole_seeds():
    assert [job.seed for job in sweep.jobs(PLAN)] == [0, 0, 0, 1, 1, 1]


def test_a_seed_draws_the_same_pictures_in_every_row_and_keeps_the_held_out_ones_apart(sets):
    for first, second in zip(sweep.jobs(PLAN)[::3], sweep.jobs(PLAN)[1::3], strict=True):
        fit, held_out = sweep.parts(first, sets[0])
        assert fit.fingerprint() == sweep.parts(second, sets[0])[0].fingerprint()
        assert (len(fit), len(held_out)) == (48, 16)
        pictures = [picture.numpy().tobytes() for part in (fit, held_out) for picture in part.images]
        assert len(set(pictures)) == 64
    assert sweep.parts(sweep.jobs(PLAN)[0], sets[0])[0].fingerprint() != fit.fingerprint()


def test_a_score_is_that_of_the_kept_network_on_the_whole_val(done, sets):
    out, scores = done
    for job, score in zip(sweep.jobs(PLAN), scores, strict=True):
        model = fe.models.load_checkpoint(out / job.folder / "best.pt")
        assert fe.evaluation.evaluate(model, sets[1]).accuracy == pytest.approx(score["accuracy"])


def test_a_job_that_is_done_is_not_run_again(done, sets, monkeypatch):
    out, scores = done
    monkeypatch.setattr(sweep, "fit", None)
    assert sweep.run_job(sweep.jobs(PLAN)[1], *sets, out, "cpu") == scores[1]


def test_a_result_of_another_plan_or_of_other_data_is_refused(done, sets):
    other = sweep.jobs(PLAN, {"learning_rate": 0.001})[1]
    with pytest.raises(RunFolderError, match="learning_rate 0.003 instead of 0.001"):
        sweep.run_job(other, *sets, done[0], "cpu")
    with pytest.raises(RunFolderError, match="a score on val"):
        sweep.run_job(sweep.jobs(PLAN)[1], sets[0], stripes(40, 2), done[0], "cpu")
    with pytest.raises(RunFolderError, match="fingerprint"):
        sweep.run_job(sweep.jobs(PLAN)[1], stripes(80, 3), sets[1], done[0], "cpu")


def test_an_interrupted_job_ends_with_the_same_score(done, sets, tmp_path, monkeypatch):
    from fer_edu.training import steps

    calls, real = [], steps.augment

    def augment(*args):
        calls.append(1)
        if len(calls) == 5:  # three steps an epoch: in the second
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(steps, "augment", augment)
    job = sweep.jobs(PLAN)[0]
    with pytest.raises(KeyboardInterrupt):
        sweep.run_job(job, *sets, tmp_path, "cpu", "none")
    score = sweep.run_job(job, *sets, tmp_path, "cpu", "none")
    assert {**score, "seconds": 0} == {**done[1][0], "seconds": 0}


def test_a_loss_that_is_no_number_is_a_result_and_does_not_end_the_sweep(sets, tmp_path, monkeypatch):
    from fer_edu.training import steps

    monkeypatch.setattr(steps, "augment", lambda images, *_: images * float("nan"))
    score = sweep.run_job(sweep.jobs(PLAN)[0], *sets, tmp_path, "cpu", "none")
    assert "epoch 1 at step 1" in score["stopped"] and score["train_loss"] == []
    assert 0 <= score["accuracy"] <= 1


def test_the_record_pairs_the_seeds_and_keeps_what_made_each_row(done):
    record = sweep.merge(PLAN, sweep.jobs(PLAN), done[0], {"command": "x"})
    assert record["seeds"] == [0, 1] and record["base"] == "as it is" and record["command"] == "x"
    assert record["rows"]["no transformer"]["accuracy"] == [round(done[1][k]["accuracy"], 6) for k in (1, 4)]
    assert record["rows"]["no transformer"]["options"]["transformers"] == "none"
    assert record["rows"]["1 epoch"]["recipe"]["epochs"] == 1
    assert record["rows"]["no transformer"]["parameters"] < record["rows"]["as it is"]["parameters"]
    json.dumps(record)


def test_a_seed_that_lacks_a_row_is_left_out_of_the_record(done, tmp_path):
    with pytest.raises(RunFolderError, match="run the jobs first"):
        sweep.merge(PLAN, sweep.jobs(PLAN), tmp_path)
    record = sweep.merge(PLAN, sweep.jobs(PLAN, seeds=3), done[0])
    assert record["seeds"] == [0, 1]


def test_what_cannot_run_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(RecipeError, match="index from 0 to 2"):
        sweep.share(sweep.jobs(PLAN), 3, 3)
    with pytest.raises(ModelError, match="transfomers"):
        sweep.jobs({**PLAN, "rows": {"as it is": {"options": {"transfomers": "none"}}}})
    with pytest.raises(RecipeError, match="epoch"):
        sweep.jobs({**PLAN, "rows": {"as it is": {"set": {"epoch": 3}}}})
    with pytest.raises(RecipeError, match="at least 64 pictures"):
        sweep.parts(sweep.jobs(PLAN)[0], stripes(20, 0))
    for text, wanted in (("{", "none that can be read"), ('{"model": "sdl"}', "recipe, rows, base")):
        (tmp_path / "plan.json").write_text(text)
        with pytest.raises(RecipeError, match=wanted):
            sweep.read_plan(tmp_path / "plan.json")


@pytest.mark.parametrize("name", ["ablation", "ablation-full", "best-recipe", "paper-recipe"])
def test_the_plans_that_ship_can_run(name, request):
    plan = sweep.read_plan(request.config.rootpath / "results" / "plans" / f"{name}.json")
    assert len(sweep.jobs(plan)) == plan["seeds"] * len(plan["rows"])


@pytest.mark.parametrize("name", ["ablation", "ablation-full"])
def test_the_ablations_control_has_as_many_parameters(name, request):
    plan = sweep.read_plan(request.config.rootpath / "results" / "plans" / f"{name}.json")
    sizes = {}
    for job in sweep.jobs(plan, seeds=1):
        model = fe.models.create(job.model, seed=0, **job.options)
        sizes[job.row] = sum(p.numel() for p in model.parameters())
    control = sizes["baseline branch alone, as many parameters"]
    assert abs(control / sizes["both transformers"] - 1) < 0.01
