"""What is known of n pictures, one row a picture in every field."""

from dataclasses import fields, replace


class Rows:
    """The base of frozen dataclasses whose fields are tensors [n, ...], or such dataclasses again."""

    def __len__(self):
        return len(getattr(self, fields(self)[0].name))

    def __getitem__(self, index):
        """Return the rows that `index` (integer, slice, integer or bool tensor) picks; an integer picks one row."""
        index = [index] if isinstance(index, int) else index
        return type(self)(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def to(self, device):
        """Return the same on another device."""
        return type(self)(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    def replace(self, **values):
        """Return the same with other values in some fields, each of n rows."""
        return replace(self, **values)
