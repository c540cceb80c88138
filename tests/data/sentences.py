"""Bad input ends in one sentence: what was expected, what was found, what to do."""

import pytest

from fer_edu.errors import DataError


def refuse(read, root, *facts, **options):
    """Read, expect a DataError in one sentence with every fact in it, and return the error."""
    with pytest.raises(DataError) as caught:
        read(root, **options)
    sentence = str(caught.value)
    assert sentence.startswith("expected ") and sentence.endswith(".") and "\n" not in sentence
    for fact in facts:
        assert fact in sentence, sentence
    return caught.value
