#!/usr/bin/env bash
# Stand-ins for the base images that a generated Dockerfile names, under their real names, where no image registry is
# reached. They are made of Debian's and PyPI's packages and of an interpreter of this machine, so an image built on
# them proves the Dockerfile's steps, user, paths and signals; it proves nothing about the true bases' contents.
# An image that is in local storage already is left alone: pull the true ones first, and the proof uses them.
#
# usage: stand_in_bases.sh WORK_DIR IMAGE...
#   IMAGE  python:X.Y-slim-bookworm | ghcr.io/astral-sh/uv:X.Y.Z
set -euo pipefail
export BUILDAH_ISOLATION=chroot
CONTAINERS_CONF="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/containers.conf"
export CONTAINERS_CONF

# The shared libraries of Debian that CPython's own image holds for its standard library.
readonly LIBRARIES=libbz2-1.0,libdb5.3,libexpat1,libffi8,libgdbm6,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,zlib1g,libnsl2,libtirpc3,libcrypt1

main() {
  work=$(mkdir -p "${1:?usage: stand_in_bases.sh WORK_DIR IMAGE...}" && cd "$1" && pwd)
  shift
  for image in "$@"; do
    buildah inspect --type image "$image" > /dev/null 2>&1 && continue
    case $image in
      python:*-slim-bookworm) make_python "$image" ;;
      ghcr.io/astral-sh/uv:*) make_uv "$image" ;;
      *) echo "stand_in_bases.sh: no stand-in is known for the base image $image" >&2; exit 2 ;;
    esac
  done
}

make_python() { # IMAGE
  local version=${1#python:} context=$work/python
  version=${version%-slim-bookworm}
  mkdir -p "$context"
  [ -f "$context/slim.tar" ] || make_debian "$context/slim.tar"
  copy_interpreter "$version" "$context/usr-local"
  tar -C "$context/usr-local" -cf "$context/python.tar" .
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/ca.crt"
  # The authorities of this machine stand in the image, since a mirror of PyPI may be signed by one of them.
  cat > "$context/Containerfile" <<'CONTAINERFILE'
FROM scratch
ADD slim.tar /
ADD python.tar /usr/local
COPY ca.crt /etc/ssl/certs/ca-certificates.crt
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN ldconfig && python3 -c "import ssl, sqlite3, lzma, bz2, ctypes, zlib" && python3 -m pip --version
CMD ["python3"]
CONTAINERFILE
  buildah build --quiet --format docker --file "$context/Containerfile" --tag "docker.io/library/$1" "$context"
}

make_debian() { # TARBALL
  # `usr-is-merged` and its hook stand in for `usrmerge`, which would bring 50 MB of Perl that the true image lacks.
  mmdebstrap --quiet --variant=minbase --include="usr-is-merged,ca-certificates,netbase,tzdata,$LIBRARIES" \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    bookworm "${1%.tar}.part.tar" /etc/apt/sources.list.d/debian.sources > "$1.log" 2>&1 || {
    cat "$1.log" >&2
    exit 1
  }
  mv "${1%.tar}.part.tar" "$1"
}

copy_interpreter() { # VERSION PREFIX
  local prefix
  prefix=$(find_interpreter "$1")
  rm -rf "$2"
  mkdir -p "$2/bin" "$2/lib/python$1/site-packages"
  tar -C "$prefix/lib/python$1" --exclude=site-packages --exclude=test --exclude=tests --exclude=idlelib \
    --exclude=tkinter --exclude="config-$1*" --exclude=__pycache__ --exclude='_tkinter*' -cf - . |
    tar -C "$2/lib/python$1" -xf -
  cp "$prefix/bin/python$1" "$2/bin/"
  if [ -f "$prefix/lib/libpython$1.so.1.0" ]; then
    cp "$prefix/lib/libpython$1.so.1.0" "$2/lib/"
  fi
  # As in the true image; with their debug information the stand-in would be 20 MB larger than that.
  strip --strip-unneeded "$2/bin/python$1" "$2"/lib/libpython* "$2/lib/python$1"/lib-dynload/*.so
  ln -s "python$1" "$2/bin/python3"
  ln -s python3 "$2/bin/python"
  "$prefix/bin/python$1" -m pip install --quiet --root-user-action=ignore --disable-pip-version-check \
    --no-deps --target "$2/lib/python$1/site-packages" pip setuptools wheel
  rm -r "$2/lib/python$1/site-packages/bin"
}

find_interpreter() { # VERSION: the prefix of an interpreter that was built by itself, not of a distribution
  local found
  found=$(UV_PYTHON_DOWNLOADS=never uv python find --no-project "$1") || {
    echo "stand_in_bases.sh: no Python $1 on this machine to make its base image of" >&2
    exit 3
  }
  "$found" -c 'import sys; print(sys.base_prefix)'
}

make_uv() { # IMAGE
  local context=$work/uv
  rm -rf "$context" && mkdir -p "$context"
  uv pip install --quiet --target "$context/wheel" "uv==${1##*:}"
  cp "$context/wheel/bin/uv" "$context/wheel/bin/uvx" "$context/"
  printf 'FROM scratch\nCOPY uv uvx /\nENTRYPOINT ["/uv"]\n' > "$context/Containerfile"
  buildah build --quiet --format docker --file "$context/Containerfile" --tag "$1" "$context"
}

main "$@"
