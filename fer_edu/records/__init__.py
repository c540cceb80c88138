"""Short forms of the records in results/, for notebooks that show what took long to compute: one JSON file each."""

import json
from importlib import resources

from ..errors import DataError


def names():
    """Return the names of the records that ship with the package."""
    found = (f.name for f in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in found if name.endswith(".json")))


def read(name):
    """Return a record as plain dicts and lists; DataError where there is none of that name."""
    if name not in names():
        raise DataError(f"expected a record out of {', '.join(names())}, found {name!r}: name one of those.")
    return json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
