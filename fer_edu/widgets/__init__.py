"""Explorers. Each is a plain state object, which tests and a notebook without widgets can use, and a thin view on it.

ThetaState, ThetaExplorer          where does θ look, and what does it see there? Drawn by the browser (00, 02)
ScheduleState, ScheduleExplorer    what does a learning-rate schedule do to the rate and to the weights? (06)
TrainingState, LiveTraining        a training while it runs: curves, rate, θ of one face, time left (06)
PlaybackState, Playback            what did a transformer do while its network learned? (04)
StepperState, SamplingStepper      what happens to one output pixel, number by number? Drawn by the browser (03)
FeatureState, FeatureMaps          what does every block of the SDL network make of a face, and where does it look? (05)
DescentState, GradientPlay         what does one step down the gradient do to θ? Un-warp a face step by step (04)
ConfusionState, ConfusionExplorer  which pictures stand behind a number of the confusion matrix? (07)
DecidingState, DecidingExplorer    what do a threshold, other shares of the classes and silence do to the scores? (07)
IntervalState, IntervalExplorer    how often does a 95 % interval hold the truth, and which truth? (07)
SaliencyState, SaliencyComparison  up to four maps of one face on one scale, with what each scores (08)
OccluderState, OccluderExplorer    hide a place of a face: what does the network miss? (09; a drag needs anywidget)
BrowserState, FeatureBrowser       what does a feature map fire for? The nine strongest of a set, projected back (09)
PaperTableState, PaperTable        change a number of the paper: which others must change with it? (10)
AugmentationState, AugmentationExplorer
                                   what does augmentation do to a face, and which dial destroys its label? (01)
LabellingState, LabellingGame      what do you call twenty faces, and how sure can you be of your score? (01)
OwnFaceState, OwnFace              upload a photo or take one: what does the network say about it, and how firmly? (12)
PlaygroundState, FacsPlayground    what does an action unit do to a face? Drawn by the browser (needs anywidget)

A view is an ipywidgets box, or an anywidget where the browser draws. Its `_repr_mimebundle_` also carries a picture of
its state, so that a saved notebook shows something where no kernel runs.
"""

import importlib

_HOMES = {
    "ThetaState": "theta",
    "ThetaExplorer": "theta",
    "ScheduleState": "schedule",
    "ScheduleExplorer": "schedule",
    "TrainingState": "live",
    "LiveTraining": "live",
    "PlaybackState": "playback",
    "Playback": "playback",
    "StepperState": "stepper",
    "SamplingStepper": "stepper",
    "ConfusionState": "confusion",
    "ConfusionExplorer": "confusion",
    "DecidingState": "deciding",
    "DecidingExplorer": "deciding",
    "IntervalState": "intervals",
    "IntervalExplorer": "intervals",
    "SaliencyState": "saliency",
    "SaliencyComparison": "saliency",
    "OccluderState": "occluder",
    "OccluderExplorer": "occluder",
    "BrowserState": "feature_browser",
    "FeatureBrowser": "feature_browser",
    "PaperTableState": "paper_table",
    "PaperTable": "paper_table",
    "DescentState": "descent",
    "GradientPlay": "descent",
    "FeatureState": "features",
    "FeatureMaps": "features",
    "AugmentationState": "augmentation",
    "AugmentationExplorer": "augmentation",
    "LabellingState": "labelling",
    "LabellingGame": "labelling",
    "PlaygroundState": "playground",
    "FacsPlayground": "playground",
    "OwnFaceState": "own_face",
    "OwnFace": "own_face",
}

__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
