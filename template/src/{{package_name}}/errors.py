"""The errors a user can cause and mend. Everything else is a bug and keeps its traceback."""


class ProjectError(Exception):
    """A known problem, worded for the person who can solve it.

    The command line prints the message and exits with status 2; the service answers with a
    problem document.
    """


class DataError(ProjectError):
    """The data set is missing, or breaks the contract of its schema."""


class ModelError(ProjectError):
    """A model bundle is missing, corrupt, or made for another schema."""


class TrackerUnavailableError(ProjectError):
    """The experiment tracker did not answer; the run is safe on disk and can be sent later."""


class UnknownVersionError(ProjectError):
    """The registry has no such version of the model."""


class GateError(ProjectError):
    """A model failed a promotion gate."""
