"""`Audit`: what was found in a copy, as a table, as JSON, and as lists of the pictures to leave out."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import DataError
from ...files import write_json

SCHEMA = 1
LEVELS = {"ok": "", "note": "!", "problem": "!!"}
"""How much a finding matters -> its mark in the table: nothing found; worth knowing; it changes what a score means."""


def number_of(count, one, many=None):
    """Return "1 picture", "2,045 pictures", "3 copies"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share_of(count, of, name, one, many, rest):
    """Return a finding's sentence, such as "280 of the 3,589 pictures of val also stand in train (7.8 %)."

    one, many: the verb for a single picture ("also stands"), and for several; rest: what follows ("in train").
    """
    if not count:
        return f"None of the {of:,} pictures of {name} {one} {rest}."
    percent = f"{100 * count / of:.{1 if count > of / 1000 else 3}f} %"
    return f"{count:,} of the {of:,} pictures of {name} {one if count == 1 else many} {rest} ({percent})."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    kind: such as "copies". sets: the names of the sets it is about. title: one sentence with the number.
    count: how many were found. of: how many were looked at. level: "ok", "note" or "problem".
    groups: tuples of places (set name, index) that belong together; one place each where pictures were judged singly.
    values: one number a group, as `detail["value"]` explains, or (). detail: name -> number, text or list of them.
    """

    kind: str
    sets: tuple
    title: str
    count: int
    of: int
    level: str = "ok"
    groups: tuple = ()
    values: tuple = ()
    detail: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    """sets: name -> {"name", "split", "pictures", "fingerprint"}, in the order fit, choose, score.

    findings: a tuple of `Finding`. leave_out: set name -> {reason: indices, ascending}; what each reason means stands
    in `REASONS`. settings: how the audit was made. Printed, it is a table of what was found.
    """

    sets: dict
    findings: tuple
    leave_out: dict
    settings: dict

    def found(self, kind, *sets):
        """Return the findings of a kind, about these sets where any is named."""
        kinds = {finding.kind for finding in self.findings}
        if kind not in kinds:
            raise DataError(f"expected a kind out of {', '.join(sorted(kinds))}, found {kind!r}: name one of those.")
        return tuple(f for f in self.findings if f.kind == kind and (not sets or set(sets) <= set(f.sets)))

    def table(self):
        """Return one row a finding, as dicts: level, kind, sets, count, of, share, title."""
        return [
            {
                "level": f.level,
                "kind": f.kind,
                "sets": ", ".join(f.sets),
                "count": f.count,
                "of": f.of,
                "share": f.count / f.of if f.of else 0.0,
                "title": f.title,
            }
            for f in self.findings
        ]

    def __str__(self):
        head = ", ".join(f"{name} ({number_of(about['pictures'], 'picture')})" for name, about in self.sets.items())
        lines = [f"Audit of {head}. ! is worth knowing, !! changes what a score means."]
        lines += [f"{LEVELS[f.level]:2} {f.kind:27} {f.title}" for f in self.findings if f.level != "ok"]
        off = {f.kind for f in self.findings if f.level != "ok"}
        fine = dict.fromkeys(f.kind for f in self.findings if f.kind not in off)
        if fine:
            lines.append(f"As they should be in all sets: {', '.join(fine)}.")
        return "\n".join(lines)

    __repr__ = __str__

    def contact_sheet(self, sets, kind=None, limit=12):
        """Draw the pictures that were found, group by group, as a matplotlib Figure; not for sharing.

        sets: what was audited, in the same form. kind: of the findings, or None for all. limit: groups a kind.
        The rest is in `sheet.contact_sheet`.
        """
        from .sheet import contact_sheet

        return contact_sheet(self, sets, kind, limit)

    def as_dict(self):
        """Return all of it in a form that JSON takes; a place is written "train:17"."""
        return {
            "schema": SCHEMA,
            "kind": "fer_edu audit",
            "settings": self.settings,
            "sets": self.sets,
            "findings": [
                {
                    "kind": f.kind,
                    "sets": list(f.sets),
                    "title": f.title,
                    "count": f.count,
                    "of": f.of,
                    "level": f.level,
                    "groups": [[f"{name}:{index}" for name, index in group] for group in f.groups],
                    "values": list(f.values),
                    "detail": f.detail,
                }
                for f in self.findings
            ],
            "leave_out": {
                name: {reason: list(indices) for reason, indices in reasons.items()}
                for name, reasons in self.leave_out.items()
            },
        }

    def save(self, path):
        """Write the audit to `path` as JSON. It holds counts and places, no picture and no path of this machine."""
        write_json(path, self.as_dict())

    @staticmethod
    def read(path):
        """Return the Audit that `save` wrote to `path`, or raise a DataError that says what is wrong with the file."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no JSON text"
            raise DataError(
                f"expected the JSON of an audit at {path}, found that it cannot be read ({reason}): audit again."
            ) from None
        ours = isinstance(content, dict) and content.get("kind") == "fer_edu audit"
        if not ours or content.get("schema") != SCHEMA:
            found = f"schema {content.get('schema')!r}" if ours else "another file"
            raise DataError(f"expected an audit of schema {SCHEMA} at {path}, found {found}: audit the copy again.")
        try:
            return _from_dict(content)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DataError(
                f"expected a whole audit at {path}, found that parts are missing or changed: audit the copy again."
            ) from None


def _from_dict(content):
    """Return the Audit of what `as_dict` returned, or raise what a damaged one makes Python raise."""
    sets = {name: {key: kind(about[key]) for key, kind in _ABOUT.items()} for name, about in content["sets"].items()}
    findings = tuple(
        Finding(
            kind=str(f["kind"]),
            sets=tuple(map(str, f["sets"])),
            title=str(f["title"]),
            count=int(f["count"]),
            of=int(f["of"]),
            level=_known(f["level"], LEVELS),
            groups=tuple(tuple(_place(text, sets) for text in group) for group in f["groups"]),
            values=tuple(map(float, f["values"])),
            detail=dict(f["detail"]),
        )
        for f in content["findings"]
    )
    leave_out = {
        _known(name, sets): {
            reason: tuple(_index(i, sets[name]) for i in indices) for reason, indices in reasons.items()
        }
        for name, reasons in content["leave_out"].items()
    }
    if set(leave_out) != set(sets):
        raise KeyError("leave_out")
    return Audit(sets, findings, leave_out, dict(content["settings"]))


_ABOUT = {"name": str, "split": str, "pictures": int, "fingerprint": str}


def _known(name, names):
    if name not in names:
        raise ValueError(name)
    return name


def _place(text, sets):
    """Return (set name, index) of "train:17"; a set's name may itself hold a colon."""
    name, _, index = text.rpartition(":")
    return name, _index(int(index), sets[name])


def _index(index, about):
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < about["pictures"]:
        raise ValueError(index)
    return index
