"""The Python that answers: is it the one that the notebooks are run by?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .finding import Finding
from .packages import IMPORTED, ON_COLAB

OLDEST = (3, 11)
PATIENCE = 120  # seconds for another Python to answer
ASK = "import sys, importlib.util as u; print(sys.prefix); print(u.find_spec('fer_edu') is not None)"


def findings():
    """Return what is wrong with the Python, the environment and the kernel."""
    return [*_python(), *_active(), *_shadows(), *([] if ON_COLAB else [*_kernel(), *_command()])]


def _python():
    if sys.version_info < OLDEST:
        yield Finding(
            f"Expected Python {'.'.join(map(str, OLDEST))} or newer, found {sys.version.split()[0]}: make a new "
            "environment with a newer Python and install again."
        )


def _active():
    """Yield a note where a shell's environment is not the one that runs."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        active = os.environ.get(variable)
        if active and not same(active, sys.prefix) and not (variable == "CONDA_PREFIX" and "VIRTUAL_ENV" in os.environ):
            yield Finding(
                f"The active environment is {active}, but this fer-edu belongs to {sys.prefix}: what you install with "
                f'pip goes to the first; run `pip install -e ".[lab]"` there, or use `{sys.executable} -m pip`.',
                grave=False,
            )


def _shadows():
    """Yield the files of the folders where students work that take the place of a package."""
    names = {name.split(".")[0] for name in IMPORTED.values()} | set(sys.stdlib_module_names) | {"fer_edu"}
    for folder in {Path.cwd(), Path.cwd() / "notebooks"}:
        for path in sorted(folder.glob("*.py")):
            if path.stem in names:
                yield Finding(
                    f"The file {path} has the name of the package {path.stem}, so Python imports your file instead: "
                    "rename it."
                )


def _kernel():
    """Yield what is wrong with the kernel that JupyterLab starts for the notebooks, python3."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except Exception:
        return  # ipykernel is missing or broken, which is said already
    again = f"run `{sys.executable} -m ipykernel install --sys-prefix`"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
        program = spec.argv[0]
    except NoSuchKernel:
        yield Finding(f"JupyterLab has no Python kernel: {again}.")
        return
    except Exception:  # a kernel.json may hold anything
        folder = KernelSpecManager().find_kernel_specs()["python3"]
        yield Finding(f"JupyterLab's kernel python3 cannot be read: remove the folder {folder} and {again}.")
        return
    if program in ("python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        return  # jupyter_client puts its own Python there
    mend = f"remove the folder {spec.resource_dir} and {again}"
    if shutil.which(program) is None:
        yield Finding(f"JupyterLab's kernel python3 starts {program}, which is not there: {mend}.")
        return
    program = shutil.which(program)
    if same(program, sys.executable):
        return
    try:
        done = subprocess.run([program, "-c", ASK], capture_output=True, text=True, timeout=PATIENCE, cwd="/")
        prefix, has = (*done.stdout.split("\n"), "", "")[:2]
    except (OSError, subprocess.TimeoutExpired):
        prefix, has = "", ""
    if prefix and same(prefix, sys.prefix):
        return
    if has != "True":
        yield Finding(
            f"JupyterLab's kernel python3 is another Python ({program}), which has no fer_edu, so the notebooks' first "
            f"cell fails: {mend}."
        )
    else:
        yield Finding(
            f"JupyterLab's kernel python3 is another Python ({program}) than this one ({sys.executable}), so what is "
            f"said here is not about it: {mend}.",
            grave=False,
        )


def _command():
    """Yield a note where `jupyter` starts another environment's JupyterLab."""
    found = shutil.which("jupyter")
    here = Path(sys.executable).parent
    if found and not same(Path(found).parent, here) and (here / "jupyter").exists():
        yield Finding(
            f"The command `jupyter` is {found}, of another environment: start JupyterLab with `fer-edu lab`.",
            grave=False,
        )


def same(one, other):
    """Say whether two paths lead to the same place, or would."""
    return (
        os.path.realpath(one) == os.path.realpath(other) and Path(one).parent.resolve() == Path(other).parent.resolve()
    )
