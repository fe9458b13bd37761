"""Training: candidates, search, evaluation, export, and the run that ties them together."""
