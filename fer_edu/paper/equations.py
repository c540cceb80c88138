"""The six equations of section 3, as they are printed, with what each says in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Equation:
    """number: in the paper. latex: as printed. says: in words. code: what of this package computes it."""

    number: int
    latex: str
    says: str
    code: str


EQUATIONS = (
    Equation(
        1,
        r"\theta = \begin{bmatrix} 1.0 & 0.0 & 0.0 \\ 0.0 & 1.0 & 0.0 \end{bmatrix}",
        "the identity, from which θ starts: every output pixel looks at its own place",
        "geometry.identity_theta",
    ),
    Equation(
        2,
        r"\begin{bmatrix} X_i^s \\ Y_i^s \end{bmatrix} = \theta \begin{bmatrix} X_i^t \\ Y_i^t \\ 1 \end{bmatrix}",
        "θ leads from a place in the output (target) to the place in the input (source) where it looks",
        "geometry.affine_grid",
    ),
    Equation(
        3,
        r"V_i^C = \sum_n^H \sum_m^W U_{nm}^C \max(0, 1 - |x_i^s - m|) \max(0, 1 - |y_i^s - n|)",
        "what is seen there: the neighbouring pixels, each weighted by how near it is",
        "geometry.bilinear_sample",
    ),
    Equation(
        4,
        r"E_{Total} = E_{Cross\_entropy} + L_2\text{-regularization}",
        "what training makes small",
        "training.objective",
    ),
    Equation(
        5,
        r"L_2\text{-regularization} = 0.5 (\lambda_1 \sum W_1^2 + \lambda_2 \sum W_2^2)",
        "the penalty on the weights of the two final fully connected layers",
        "training.objective",
    ),
    Equation(
        6,
        r"\text{Weight decay} = \lambda_1 \sum W_1 + \lambda_2 \sum W_2",
        "called weight decay; the numbers that Eq. 5's gradient consists of, added up",
        "training.objective",
    ),
)
