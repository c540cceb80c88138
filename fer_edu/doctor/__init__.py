"""Why doesn't it work? What is installed, which device, which data are found, what is wrong: `fer-edu doctor`.

Nothing here needs torch to be importable: packages are imported in a process of their own, which may die.
"""

import platform
import sys
from pathlib import Path

from .. import __version__
from .finding import Finding

__all__ = ["Finding", "examine"]

BASE = ("torch", "numpy", "pillow", "tqdm")
"""What `torch_side` cannot be imported without."""


def examine(roots):
    """Print what there is and what is wrong, and return the exit code: 1 where the notebooks need what is wrong.

    roots: data set -> folder, in place of its environment variable.
    """
    from . import checkout, environment, frontends, machine, packages

    try:
        Path.cwd(), Path.home()
    except OSError:
        return conclude([Finding("The folder that you work in was deleted or moved: `cd` into one that is there.")])
    except RuntimeError:
        return conclude([Finding("This account has no home folder: set the variable HOME to a folder of your own.")])
    print(f"fer-edu {__version__}, Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    print(f"  in {sys.prefix}", flush=True)  # the imports take a while
    probed = packages.probe()
    for line in packages.installed(probed):
        print(f"  {line}")
    findings = [
        *environment.findings(),
        *packages.findings(probed),
        *frontends.findings(),
        *checkout.findings(),
        *machine.findings(probed),
    ]
    broken = [package for package in BASE if probed[package].get("error")]
    if broken:
        print(f"device, shipped networks and data sets: not looked at, since {broken[0]} cannot be imported")
    else:
        from . import torch_side

        findings += torch_side.tell(roots)
    return conclude(findings)


def conclude(findings):
    """Print the findings, the grave ones first, and the last line; return the exit code."""
    grave = [finding for finding in findings if finding.grave]
    for number, finding in enumerate(grave, start=1):
        print(f"{number}. {finding.sentence}")
    for finding in findings:
        if not finding.grave:
            print(f"note: {finding.sentence}")
    if not grave:
        print("Everything needed is here.")
        return 0
    print("1 thing that the notebooks need is wrong." if len(grave) == 1 else f"{len(grave)} things are wrong.")
    return 1
