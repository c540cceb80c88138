"""How small can a cross-entropy be beside an accuracy? A wrong answer costs at least ln 2."""

import math

from ..errors import DataError


def lowest_cross_entropy(accuracy):
    """Return the floor of the mean cross-entropy, in nats, of a classifier with this accuracy (a share in 0..1).

    Where the answer is wrong, another class has at least the probability of the true one, and the two together at most
    1: so the true class has at most 1/2, and -ln p is at least ln 2, however many classes there are. A right answer
    costs as little as one likes. So the mean is at least (1 - accuracy) · ln 2. A penalty on the weights, such as
    Eq. 5's, or smoothed labels only add to it.
    """
    if not 0 <= accuracy <= 1:
        raise DataError(f"expected an accuracy in 0..1, found {accuracy}: give a share, not percent.")
    return (1 - accuracy) * math.log(2)


def smallest_batch(loss, accuracy):
    """Return by what a printed loss must at least be multiplied to be a possible cross-entropy beside an accuracy.

    Code that adds up the *means* of batches and divides by the number of *pictures* prints a loss that is too small by
    the size of a batch: then the batch had at least this size. A public version of the attentional network [17] does
    so and prints eight decimals, as the paper does (github omarsayed7/Deep-Emotion, main.py).
    """
    return lowest_cross_entropy(accuracy) / loss
