"""The command line: fer-edu doctor | audit | train | sweep | evaluate | compare | lab | assignment | mark.

A mistake of the user's ends in one sentence on standard error and exit code 2; an interrupted training in 130.
"""

import argparse
import importlib.util
import json
import os
import sys
import warnings
from dataclasses import fields
from pathlib import Path

from . import __version__
from .errors import CheckpointError, DataError, FerEduError, ModelError, RecipeError
from .files import write_json

LARGE_UPLOADS = '--ServerApp.tornado_settings={"websocket_max_message_size": 104857600}'
"""For a Jupyter server: the bytes that a message from the browser may have. The usual 10 MiB are too few for photos."""


def parse_value(text, option):
    """Turn "0.1", "true", "none", "[32,64]" into what they spell; other text stays text. option: for the message."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise RecipeError(f"expected {option} name=value, found {text!r}: write for instance {option} epochs=5.")
    spelled = {"true": True, "false": False, "none": None}
    if value.lower() in spelled:
        return name, spelled[value.lower()]
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def check_types(changes, kind, error):
    """Raise `error` where a changed field of the dataclass `kind` has a value of another type than its default's."""
    defaults = {field.name: field.default for field in fields(kind)}
    for name, value in changes.items():
        default = defaults.get(name)
        if default is None or isinstance(value, str) == isinstance(default, str):
            continue
        raise error(f"expected a value like {default!r} for {name}, found {value!r}: mend the value.")


def train(args):
    from . import evaluation, models, training

    changes = dict(parse_value(text, "--set") for text in args.set)
    check_types(changes, training.Recipe, RecipeError)
    recipe = training.recipe(args.recipe, **changes)
    network = dict(parse_value(text, "--option") for text in args.option)
    check_types(network, type(models.options_of(args.model)), ModelError)
    training.choose_device(args.device)
    if args.seeds < 1:
        raise RecipeError(f"expected at least 1 seed, found {args.seeds}: give --seeds 1 or more.")
    models.create(args.model, seed=0, **network)  # a misspelt network fails before the data are read
    start = find_checkpoint(args.start) if args.start else None
    train_set, val_set = load_pair(args)
    out, seeds = Path(args.out), range(args.seed, args.seed + args.seeds)
    folders = {seed: out if args.seeds == 1 and not args.side_by_side else out / f"seed-{seed}" for seed in seeds}
    networks = [models.create(args.model, classes=len(train_set.classes), seed=seed, **network) for seed in seeds]
    common = {"device": args.device, "start": start}
    if args.side_by_side:
        histories = training.fit_seeds(networks, train_set, val_set, recipe, list(seeds), checkpoint=out, **common)
    else:
        histories = []
        for seed, model in zip(seeds, networks, strict=True):
            if args.seeds > 1:
                say(f"seed {seed}: {folders[seed]}")
            board = training.TensorBoard(folders[seed] / "tensorboard") if args.tensorboard else None
            histories.append(
                training.fit(
                    model,
                    train_set,
                    val_set,
                    recipe,
                    checkpoint=folders[seed],
                    seed=seed,
                    compile=args.compile,
                    on_epoch=board,
                    **common,
                )
            )
            tell_best(seed, histories[-1], folders[seed])
    if args.side_by_side:
        for seed, history in zip(seeds, histories, strict=True):
            tell_best(seed, history, folders[seed])
    runs = [
        {"seed": seed, "epoch": history.best["epoch"], "val_accuracy": history.best["val_accuracy"]}
        for seed, history in zip(seeds, histories, strict=True)
        if history.epochs
    ]
    if len(runs) > 1 and training.is_first():
        mean, half = evaluation.student_t([row["val_accuracy"] for row in runs])
        write_json(out / "summary.json", {"runs": runs, "mean": mean, "half_width95": half})
        say(f"val accuracy over {len(runs)} seeds: {mean:.2%} +- {half:.2%} (95 %, Student's t)")


def tell_best(seed, history, folder):
    """Print a seed's best epoch, or why it has none."""
    if history.epochs:
        best = history.best
        say(f"best epoch {best['epoch']}: val accuracy {best['val_accuracy']:.2%}, kept in {folder / 'best.pt'}")
    if history.stopped:
        say(f"seed {seed} stopped: {history.stopped}")


def say(text):
    """Print a line, once where torchrun started several processes."""
    from .training import is_first

    if is_first():
        print(text, flush=True)


def sweep(args):
    from . import evaluation
    from .training import sweep as sweeping

    plan = sweeping.read_plan(args.plan)
    changes = dict(parse_value(text, "--set") for text in args.set)
    all_jobs = sweeping.jobs(plan, changes, args.seeds)
    if args.merge:
        name = Path(args.plan).name
        record = sweeping.merge(plan, all_jobs, args.out, {"plan": name})
        source = record["data"] if record["data"] == "faces" else f"{record['data']}:ROOT"
        record["command"] = f"fer-edu sweep results/plans/{name} --data {source} --out OUT"
        _written(args.merge, lambda path: write_json(path, record))
        print(evaluation.paired_table({row: own["accuracy"] for row, own in record["rows"].items()}, record["base"]))
        return
    mine = sweeping.share(all_jobs, args.index, args.of)
    train_set, val_set = load_pair(args)
    for number, job in enumerate(mine, start=1):
        score = sweeping.run_job(job, train_set, val_set, args.out, args.device)
        stopped = f"; stopped: {score['stopped']}" if score["stopped"] else ""
        print(
            f"{number}/{len(mine)}  {job.row}, seed {job.seed}: val accuracy {score['accuracy']:.2%}, "
            f"{score['seconds']:.0f} s{stopped}",
            flush=True,
        )


def load_pair(args):
    """Return (train, val) as --data and --exclude name them."""
    from . import data

    name, root, options = data.parse(args.data)
    train_set = data.load(name, split="train", root=root, **options)
    if args.exclude:
        train_set = data.exclude(train_set, args.exclude, use="fit")
        say(train_set.notes[-1])
    val_options = {key: value for key, value in options.items() if key != "size"}
    return train_set, data.load(name, split="val", root=root, **val_options)


def find_checkpoint(what):
    """Return the loaded model that a run folder, a checkpoint file or a shipped name stands for."""
    from . import models

    path = Path(what).expanduser()
    if (path / "best.pt").is_file():
        return models.load_checkpoint(path / "best.pt")
    if path.is_file():
        return models.load_checkpoint(path)
    if what in models.pretrained_names():
        return models.pretrained(what)
    seeds = sorted(path.glob("seed-*/best.pt"))
    hint = f" (it holds several seeds: name one, such as {seeds[0].parent})" if seeds else ""
    raise CheckpointError(
        f"expected a run folder with a best.pt, a checkpoint file or a shipped name "
        f"({', '.join(models.pretrained_names())}), found {what!r}{hint}: check the path."
    )


def load_scored(args):
    """Return the pictures to score, as --data, --split and --exclude name them."""
    from . import data

    name, root, options = data.parse(args.data)
    faces = data.load(name, split=args.split, root=root, **options)
    if args.exclude:
        faces = data.exclude(faces, args.exclude, use="score")
        print(faces.notes[-1], file=sys.stderr)
    return faces


def evaluate(args):
    from . import evaluation, training

    model = find_checkpoint(args.checkpoint).to(training.choose_device(args.device))
    report = evaluation.evaluate(model, load_scored(args), args.views)
    if args.json is None:
        print(report)
        return
    content = {"checkpoint": args.checkpoint, "model": model.name, **report.as_dict(), "fer_edu": __version__}
    if args.json == "-":
        print(json.dumps(content, indent=1))
    else:
        _written(args.json, lambda path: write_json(path, content))
        print(report)


def compare(args):
    from . import evaluation, training

    sides = [_seeds_of(what) for what in (args.first, args.second)]
    common = [seed for seed in sides[0] if seed in sides[1]]
    if not common:
        raise CheckpointError(
            f"expected the same seeds in both, found {', '.join(sides[0])} and {', '.join(sides[1])}: name single "
            "runs, or train the same seeds."
        )
    device = training.choose_device(args.device)
    faces = load_scored(args)
    people = None if faces.truth is not None else faces.groups  # on drawn faces each picture is a person of its own
    pairs, differences = {}, []
    for seed in common:
        reports = [evaluation.evaluate(find_checkpoint(side[seed]).to(device), faces, args.views) for side in sides]
        pairs[seed] = evaluation.head_to_head(*reports, people)
        differences.append(100 * pairs[seed].difference)
        print(f"{seed}\n{pairs[seed]}" if len(common) > 1 else pairs[seed])
    content = {"first": args.first, "second": args.second, "data": reports[0].data, "views": args.views}
    content["pairs"] = {seed: pair.as_dict() for seed, pair in pairs.items()}
    if len(common) > 1:
        mean, half = evaluation.student_t(differences)
        content["seeds"] = {
            "mean_difference": mean / 100,
            "half_width95": half / 100,
            "paired_t": evaluation.paired_t(differences),
            "sign_flip": evaluation.sign_flip(differences),
        }
        print(
            f"over {len(common)} seeds: {mean:+.2f} +- {half:.2f} points (95 %, Student's t, paired); p = "
            f"{content['seeds']['paired_t']:.3g} (t), {content['seeds']['sign_flip']:.3g} (sign flips)"
        )
    if args.json:
        _written(args.json, lambda path: write_json(path, {**content, "fer_edu": __version__}))


def _seeds_of(what):
    """Return {seed's folder: what find_checkpoint takes} of a run of several seeds; one entry for a single run."""
    found = sorted(Path(what).expanduser().glob("seed-*/best.pt"), key=lambda path: int(path.parent.name[5:]))
    return {path.parent.name: str(path) for path in found} or {"the run": what}


def doctor(args):
    from .doctor import examine

    return examine({"fer2013": args.fer2013})


def audit(args):
    from . import data

    sets = {}
    for spec in args.data:
        name, root, options = data.parse(spec)
        for split, faces in _splits(name, root, options):
            if name == "fer2013":
                faces = _with_votes(faces, args.votes, root)
            sets[split if len(args.data) == 1 else f"{name} {split}"] = faces
    report = data.audit(sets, near=args.near, mirrored=args.mirrored, progress=sys.stderr.isatty())
    print(report)
    if args.json is not None:
        _written(args.json, report.save)
    if args.sheet is not None and any(finding.groups for finding in report.findings):
        _written(args.sheet, lambda path: _write_sheet(report, sets, path))
    elif args.sheet is not None:
        print(f"not written: {args.sheet}, since no picture was found to show.")


def _splits(name, root, options):
    """Yield (split, FaceSet) for the splits that the copy has; a copy without any ends in the first one's error."""
    from . import data

    for number, split in enumerate(data.split_names(name)):
        try:
            yield split, data.load(name, split, root, **options)
        except DataError as error:
            if number == 0:
                raise
            print(f"fer-edu: note: {split} is not audited: {error}", file=sys.stderr)


def _with_votes(faces, given, root):
    """Return FER-2013's pictures with FER+'s votes: those of the file given, or of one that lies beside the copy."""
    from .data import ferplus

    if given is not None:
        return ferplus.with_votes(faces, given)
    found = ferplus.beside(root)
    try:
        return faces if found is None else ferplus.with_votes(faces, found)
    except DataError as error:
        print(f"fer-edu: note: {faces.split} is audited without votes: {error}", file=sys.stderr)
        return faces


def _write_sheet(report, sets, path):
    from .files import write_atomically

    sheet = report.contact_sheet(sets)
    write_atomically(path, lambda temporary: sheet.savefig(temporary, format="png"))


def _written(path, write):
    """Call write(path); FerEduError where the path cannot be written."""
    try:
        write(Path(path))
        print(f"written: {path}", file=sys.stderr)
    except OSError as error:
        raise FerEduError(
            f"expected a file to write to, found that {path} cannot be written ({error.strerror or error}): choose "
            "another path."
        ) from error


def lab(args):
    from .classroom.course import notebooks

    first = notebooks()["00"]
    if importlib.util.find_spec("jupyterlab") is None:
        raise FerEduError('expected JupyterLab, found it not installed: run `pip install -e ".[lab]"` in the checkout.')
    # Without a browser it prints an address: that of the notebook too.
    settings = [f"--LabApp.default_url=/lab/tree/{first.name}", LARGE_UPLOADS]
    command = [sys.executable, "-m", "jupyterlab", str(first), *settings, *args.arguments]
    os.execv(sys.executable, command)


def assignment(args):
    from .classroom import make_assignment

    made = make_assignment(args.numbers, args.folder, args.package)
    print(f"written: {made}/ with {', '.join(sorted(path.name for path in made.iterdir()))}")
    if (made / "requirements.txt").read_text(encoding="utf-8").startswith("#"):
        print("requirements.txt names no package yet: write into it where students get it from, or give --package.")


def mark(args):
    from .classroom import Limits, mark, marks

    limits = Limits(args.seconds, args.cell_seconds, args.memory, args.output)
    rows = mark(args.submissions, args.csv, limits, args.jobs, args.again, args.network)
    left = sum(marks.NOT_MARKED in row["remark"] for row in rows)
    print(f"marked: {len(rows) - left} of {len(rows)}, in {args.csv or Path(args.submissions) / 'marks.csv'}")
    if left:
        print("Run the same command again for those that are not; their remark says why.")


def build_parser():
    parser = argparse.ArgumentParser(
        prog="fer-edu", description="Facial-expression recognition with spatial transformers."
    )
    parser.add_argument("--version", action="version", version=f"fer-edu {__version__}")
    commands = parser.add_subparsers(
        dest="command",
        required=True,
        metavar="doctor | audit | train | sweep | evaluate | compare | lab | assignment | mark",
    )

    p = commands.add_parser("doctor", help="why doesn't it work? packages, kernel, device, data sets, and what to mend")
    p.add_argument("--fer2013", metavar="PATH", help="a copy of FER-2013 to check; else the variable FER2013_ROOT")
    p.set_defaults(run=doctor)

    p = commands.add_parser("audit", help="what is wrong with a copy: duplicates, leaks, labels, damaged pictures")
    p.add_argument(
        "--data", action="append", required=True, help="as for train; all splits are audited together; may be repeated"
    )
    p.add_argument("--votes", metavar="PATH", help="fer2013new.csv, FER+'s votes; else where it lies beside FER-2013")
    p.add_argument("--near", type=float, default=0.97, help="correlation above which pictures are near copies")
    p.add_argument("--mirrored", action="store_true", help="look for mirror images too (twice the time)")
    p.add_argument("--json", metavar="FILE", help="write counts and places, for --exclude of train and evaluate")
    p.add_argument("--sheet", metavar="FILE", help="write a PNG of what was found, for your eyes only")
    p.set_defaults(run=audit)

    p = commands.add_parser("train", help="train a network; run again to resume")
    p.add_argument("model", help="sdl, sdl-wide, sdl-plain, sdl-small, cnn or st-cnn")
    p.add_argument(
        "--data",
        default="faces",
        help="faces, faces:size=4000,seed=0, fer2013:PATH, ckplus:PATH,fold=3, jaffe:PATH, ferg:PATH,protocol=paper or "
        "folder:PATH (default faces)",
    )
    p.add_argument("--exclude", metavar="FILE", help="an audit's JSON: train without the copies and blanks it lists")
    p.add_argument("--recipe", default="classroom", help="classroom, paper or best (default classroom)")
    p.add_argument("--out", required=True, help="the run folder")
    p.add_argument("--seed", type=int, default=0, help="the (first) seed (default 0)")
    p.add_argument("--seeds", type=int, default=1, help="how many seeds, each in a folder of its own (default 1)")
    p.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default auto)")
    p.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of the recipe")
    p.add_argument(
        "--option", action="append", default=[], metavar="FIELD=VALUE", help="change an option of the network"
    )
    p.add_argument("--start", metavar="RUN_OR_CHECKPOINT", help="a trained network of the same kind to start from")
    p.add_argument("--side-by-side", action="store_true", help="train all seeds at once, for a large GPU")
    p.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard into the run folder")
    p.add_argument("--compile", action="store_true", help="have torch.compile build the step (minutes to start)")
    p.set_defaults(run=train)

    p = commands.add_parser("sweep", help="run the jobs of a plan, or a share of them, and merge their results")
    p.add_argument("plan", help="a JSON file, such as results/plans/ablation.json")
    p.add_argument("--data", default="faces", help="as for train")
    p.add_argument("--exclude", metavar="FILE", help="an audit's JSON: train without the copies and blanks it lists")
    p.add_argument("--out", required=True, help="the folder of its runs; a job done there is not run again")
    p.add_argument("--seeds", type=int, help="how many seeds (default: the plan's)")
    p.add_argument("--index", type=int, default=0, help="which share of the jobs, from 0: a scheduler's array index")
    p.add_argument("--of", type=int, default=1, help="how many shares there are (default 1)")
    p.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of all recipes")
    p.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default auto)")
    p.add_argument("--merge", metavar="FILE", help="run nothing: write the record of all that is done, print its table")
    p.set_defaults(run=sweep)

    p = commands.add_parser("evaluate", help="score a trained network")
    p.add_argument(
        "checkpoint", metavar="RUN_OR_CHECKPOINT", help="a run folder, a .pt file or a shipped network's name"
    )
    add_scoring(p)
    p.add_argument("--json", metavar="FILE", help="write all scores as JSON; - for standard output")
    p.set_defaults(run=evaluate)

    p = commands.add_parser("compare", help="two trained networks on the same pictures, or two ways over their seeds")
    for side in ("first", "second"):
        p.add_argument(side, metavar=f"{side.upper()}", help="as for evaluate, or a folder of several seeds' runs")
    add_scoring(p)
    p.add_argument("--json", metavar="FILE", help="write all of it as JSON")
    p.set_defaults(run=compare)

    p = commands.add_parser(
        "lab",
        help="JupyterLab at notebook 00; other options go to JupyterLab",
        description="Open JupyterLab at notebook 00. Other options go to JupyterLab: jupyter lab --help lists them.",
    )
    p.set_defaults(run=lab)
    add_classroom(commands)
    return parser


def add_classroom(commands):
    """Add the commands for instructors."""
    p = commands.add_parser("assignment", help="a folder to hand out: notebooks without solutions, and how to hand in")
    p.add_argument("numbers", nargs="+", metavar="NN", help="numbers of notebooks, such as 03")
    p.add_argument("--out", dest="folder", metavar="FOLDER", help="a folder to be made (default assignment-NN)")
    p.add_argument("--package", metavar="LINE", help="what requirements.txt shall say, if pyproject.toml does not")
    p.set_defaults(run=assignment)

    p = commands.add_parser("mark", help="run submissions, each by itself with limits, and write a table of marks")
    p.add_argument("submissions", metavar="FOLDER", help="FOLDER/*.ipynb, or FOLDER/STUDENT/*.ipynb")
    p.add_argument("--csv", metavar="FILE", help="the table (default FOLDER/marks.csv); rows in it are kept")
    p.add_argument("--seconds", type=float, default=600, metavar="N", help="for a whole submission (default 600)")
    p.add_argument("--cell-seconds", type=float, default=120, metavar="N", help="for one cell (default 120)")
    p.add_argument("--memory", type=float, default=3000, metavar="MB", help="of all its processes (default 3000)")
    p.add_argument("--output", type=float, default=20, metavar="MB", help="that one cell may put out (default 20)")
    p.add_argument("--jobs", type=int, default=1, metavar="K", help="submissions at once (default 1)")
    p.add_argument("--again", action="store_true", help="mark those anew that the table has already")
    p.add_argument("--no-network", dest="network", action="store_false", help="take the network from them (Linux)")
    p.set_defaults(run=mark)


def add_scoring(parser):
    """Add the options of `load_scored` and of how the pictures are looked at."""
    parser.add_argument("--data", default="faces", help="as for train")
    parser.add_argument("--views", default="plain", help="plain, flips or shifts: several looks a picture, averaged")
    parser.add_argument("--split", default="val", help="train, val or test (default val; score test once)")
    parser.add_argument(
        "--exclude", metavar="FILE", help="an audit's JSON: score without what train has too, and blanks"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default auto)")


def main(argv=None):
    """Run the command line `argv` (default: the process's) and return the exit code."""
    parser = build_parser()
    args, args.arguments = parser.parse_known_args(argv)
    if args.arguments and args.run is not lab:
        parser.error(f"unrecognized arguments: {' '.join(args.arguments)}")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a path may hold what the terminal cannot show
    warnings.showwarning = lambda message, *_: print(f"fer-edu: note: {message}", file=sys.stderr)
    try:
        code = args.run(args) or 0
        if sys.stdout:
            sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except FerEduError as error:
        print(f"fer-edu: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        place = args.out if "out" in args else (args.csv or args.submissions) if "submissions" in args else None
        kept = f" What was finished is kept in {place}: run the same command again to go on." if place else ""
        print(f"\nfer-edu: interrupted.{kept}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
