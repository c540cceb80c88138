"""The errors a user can cause and mend. Each message is one sentence: what was expected, what was found, what to do.

The command line prints the message alone and exits with code 2; the library raises the class.
"""


class FerEduError(Exception):
    """Parent of every error that the user, not the program, has to mend."""


class DataError(FerEduError):
    """A data set is missing, damaged, or not what its layout promises."""


class DataWarning(UserWarning):
    """A copy of a data set loads, but differs from the published set."""


class ModelError(FerEduError):
    """An unknown model or option, or an input of a shape that the model cannot take."""


class CheckpointError(FerEduError):
    """A checkpoint is missing, damaged, or of another network."""


class DeviceError(FerEduError):
    """The device asked for is not there."""


class RecipeError(FerEduError):
    """An unknown recipe, or a recipe field with a value that makes no sense."""


class RunFolderError(FerEduError):
    """A run folder cannot be written, or belongs to another run."""


class TrainingError(FerEduError):
    """Training cannot go on, for instance because the loss is no longer a number."""


class PhotoError(FerEduError):
    """A photo that cannot be read, or a box that lies outside of it."""
