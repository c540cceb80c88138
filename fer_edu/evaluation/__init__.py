"""Chapter 7: how good is a classifier, and how sure are we?"""

from .comparison import paired_differences, paired_table
from .intervals import student_t, wilson
from .pose import PoseErrors, pose_errors
from .report import Report, evaluate
from .scores import ClassScores, confusion_matrix, per_class_scores

__all__ = [
    "ClassScores",
    "PoseErrors",
    "Report",
    "confusion_matrix",
    "evaluate",
    "per_class_scores",
    "paired_differences",
    "paired_table",
    "pose_errors",
    "student_t",
    "wilson",
]
