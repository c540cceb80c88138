"""Files that are written whole or not at all."""

import json
import os
from contextlib import suppress
from pathlib import Path


def write_atomically(path, save):
    """Call save(temporary path), then move the result to `path`: a reader sees the old file or the new one, whole."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")  # beside it: a move across disks is not atomic
    try:
        save(temporary)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_json(path, content):
    """Write `content` to `path` as indented JSON, whole or not at all."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
