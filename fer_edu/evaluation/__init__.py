"""Chapter 7: how good is a classifier, and how sure are we?

`evaluate` scores a network. `intervals` and `coverage` say how far a score could be off, `paired` whether one network
beats another, `calibration`, `abstention` and `priors` what its probabilities are worth, `votes`, `groups`, `leakage`
and `choosing` what an accuracy can hide.
"""

from .abstention import RiskCoverage, risk_coverage
from .calibration import Reliability, apply_temperature, fit_temperature, nll, reliability
from .choosing import Peeking, bought_by_peeking
from .comparison import paired_differences, paired_table
from .coverage import coverage, draw_values, interval_coverage, interval_ends, z_coverage
from .curves import Curve, precision_recall, roc
from .groups import Flips, Gap, GroupRecall, flip_rate, largest_gap, recall_per_group
from .head_to_head import HeadToHead, head_to_head
from .intervals import Share, bootstrap, newcombe, student_t, wilson, z_interval
from .leakage import Leakage, leakage
from .paired import McNemar, mcnemar, paired_bootstrap, paired_t, seeds_needed, sign_flip
from .pose import PoseErrors, pose_errors
from .priors import decide, reweight
from .report import Report, evaluate
from .scores import (
    ClassScores,
    balanced_accuracy,
    cohen_kappa,
    confusion_matrix,
    macro_f1,
    per_class_scores,
    top_k,
)
from .votes import AgreementRow, AnnotatorCeiling, VoteScores, against_votes, annotator_ceiling

__all__ = [
    "AgreementRow",
    "AnnotatorCeiling",
    "ClassScores",
    "Curve",
    "Flips",
    "Gap",
    "GroupRecall",
    "HeadToHead",
    "Leakage",
    "McNemar",
    "Peeking",
    "PoseErrors",
    "Reliability",
    "Report",
    "RiskCoverage",
    "Share",
    "VoteScores",
    "against_votes",
    "annotator_ceiling",
    "apply_temperature",
    "balanced_accuracy",
    "bootstrap",
    "bought_by_peeking",
    "cohen_kappa",
    "confusion_matrix",
    "coverage",
    "decide",
    "draw_values",
    "evaluate",
    "fit_temperature",
    "flip_rate",
    "head_to_head",
    "interval_coverage",
    "interval_ends",
    "largest_gap",
    "leakage",
    "macro_f1",
    "mcnemar",
    "newcombe",
    "nll",
    "paired_bootstrap",
    "paired_differences",
    "paired_t",
    "paired_table",
    "per_class_scores",
    "pose_errors",
    "precision_recall",
    "recall_per_group",
    "reliability",
    "reweight",
    "risk_coverage",
    "roc",
    "seeds_needed",
    "sign_flip",
    "student_t",
    "top_k",
    "wilson",
    "z_coverage",
    "z_interval",
]
