# Read by each step's bash: act may leave out what a step prints just before it fails.
trap '[ "$?" = 0 ] || sleep 0.5' EXIT
