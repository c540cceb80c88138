"""Import packages and print what came of each: python -m fer_edu.doctor.probe NAME ... . A process to lose.

One line of JSON a name: version, error (one line, absent where the import worked) and what else is known of it.
"""

import importlib
import json
import os
import sys
import warnings


def look(name):
    """Return what importing `name` gives, as a dict."""
    module = importlib.import_module(name)
    found = {"version": str(getattr(module, "__version__", "")), "file": getattr(module, "__file__", None)}
    return found | EXTRA.get(name, lambda module: {})(module)


def look_at_torch(torch):
    """Return whether NumPy's arrays reach torch, and whether its GPU build finds a GPU."""
    import numpy

    found = {"cuda_build": torch.version.cuda, "hip_build": getattr(torch.version, "hip", None)}
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found["cuda"] = torch.cuda.is_available()
        if found["cuda"]:
            try:
                torch.ones(8, device="cuda").sum().item()
            except RuntimeError as error:
                found["cuda_error"] = first_line(error)
    found["cuda_warning"] = " ".join(first_line(one.message) for one in heard)
    try:
        torch.from_numpy(numpy.zeros(1)).numpy()
    except (RuntimeError, TypeError) as error:
        found["numpy_error"] = first_line(error)
    return found


def look_at_opencv(cv2):
    """Return whether the face detector's file is there."""
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    return {"detector": os.path.isfile(os.path.join(folder, "haarcascade_frontalface_default.xml"))}


EXTRA = {"torch": look_at_torch, "cv2": look_at_opencv}


def first_line(error):
    return (str(error).strip().splitlines() or [""])[0]


def main(names):
    for name in names:
        # Who was it, if this process dies? A line begins anew, since a package may have printed half a one.
        print("\n" + json.dumps({"name": name, "begun": True}), flush=True)
        try:
            found = look(name)
        except BaseException as error:  # a broken package raises anything
            found = {"error": f"{type(error).__name__}: {first_line(error)}"[:300]}
            if isinstance(error, ModuleNotFoundError) and error.name:
                found["lacks"] = error.name.split(".")[0]
                found["missing"] = error.name == name.split(".")[0]
        print("\n" + json.dumps({"name": name, **found}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
