"""An option of a network that is a word out of a list."""

from ..errors import ModelError


def check_choice(name, value, allowed):
    """Raise ModelError where the option `name` has a value that is none of the words in `allowed`."""
    if value not in allowed:
        raise ModelError(f"expected {name} out of {', '.join(allowed)}, found {value!r}: use one of those.")
