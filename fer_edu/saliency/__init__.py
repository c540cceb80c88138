"""Chapters 8 and 9: which pixels does the network use? So far what notebook 00 shows: two maps by Captum, one score."""

from .gradients import gradient, integrated_gradients
from .scores import relevance_mass

__all__ = ["gradient", "integrated_gradients", "relevance_mass"]
