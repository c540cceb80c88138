"""How many pictures a copy has of each class, against the number that was published."""


def differences(title, classes, found, expected):
    """Return how the counts of a copy differ from the published ones, as a tuple of 0 or 1 sentences.

    title: what has these counts. classes: names; found, expected: numbers, in their order.
    """
    changed = ", ".join(
        f"{name} {is_:,} instead of {was:,}"
        for name, is_, was in zip(classes, found, expected, strict=True)
        if is_ != was
    )
    if not changed:
        return ()
    total, official = int(sum(found)), int(sum(expected))
    if total == official:
        return (f"{title} has the official {official:,} pictures, but other labels: {changed}.",)
    return (f"{title} has {total:,} pictures instead of {official:,}: {changed}.",)
