"""What is minimised: cross-entropy plus an L2 term on the two final layers (Eqs. 4 to 6)."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True, eq=False)
class Objective:
    """E = cross-entropy + ½ (λ₁ Σ W₁² + λ₂ Σ W₂²), Eqs. 4 and 5.

    lambda1, lambda2: of the first and second fully connected layer; the paper starts from 0.001 and 0.01.
    label_smoothing: share of the target that goes evenly to all classes; 0 in the paper.
    class_weights: float32 [classes], how much a picture of each class counts, see fer_edu.data.class_weights; None: all
        alike. The weighed sum is divided by the number of pictures, not by the sum of their weights as in torch's
        cross_entropy: there a picture would count less for standing in a batch with a rare one.

    The gradient of the L2 term by W is λ W: the paper's Eq. 6 calls it "weight decay". Inside the loss, Adam divides
    it by the size of past gradients like everything else; AdamW's own decay skips that division. They are two things.
    """

    lambda1: float = 0.001
    lambda2: float = 0.01
    label_smoothing: float = 0.0
    class_weights: torch.Tensor | None = None

    def penalty(self, model):
        """Return the L2 term, a float tensor []: Σ runs over the weights, biases are free."""
        first, second = model.final_layers
        return 0.5 * (
            self.lambda1 * first.weight.float().square().sum() + self.lambda2 * second.weight.float().square().sum()
        )

    def entropy(self, logits, labels):
        """Return the weighed cross-entropy, a float tensor [], of logits float [N, classes] and labels int64 [N]."""
        if self.class_weights is None:
            return F.cross_entropy(logits.float(), labels, label_smoothing=self.label_smoothing)
        each = F.cross_entropy(logits.float(), labels, label_smoothing=self.label_smoothing, reduction="none")
        return (self.class_weights[labels] * each).mean()

    def __call__(self, model, logits, labels, others=None, share=1.0):
        """logits float [N, classes], labels int64 [N] -> (E, weighed cross-entropy), float tensors [].

        others: int64 [N], for pictures mixed of two: the labels of their second part, which counts 1 - `share`.
        """
        entropy = self.entropy(logits, labels)
        if others is not None:
            entropy = share * entropy + (1 - share) * self.entropy(logits, others)
        if self.lambda1 == self.lambda2 == 0:
            return entropy, entropy
        return entropy + self.penalty(model), entropy
