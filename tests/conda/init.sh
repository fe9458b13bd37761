# What `conda init` adds to a shell, as far as a project's README needs it.
conda() {
  if [ "$1" = activate ]; then
    CONDA_PREFIX=$(cd "$2" && pwd) && export CONDA_PREFIX PATH="$CONDA_PREFIX/bin:$PATH"
  else
    command conda "$@"
  fi
}
