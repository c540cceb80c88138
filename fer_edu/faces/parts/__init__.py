"""One file a part of the face: each draws on a `Canvas` from the positions of an `anatomy`, and returns its mask."""
