#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
# mprof: the second name of the peakline executable beside this script, wherever a link to it lies.
self=$(command -p readlink -f -- "$0") || self=$0
tool=${self%/*}/peakline
if [ ! -x "$tool" ]; then
  echo "mprof: '$tool' is missing: bring it back with 'pip install --force-reinstall --no-deps peakline'" >&2
  exit 127
fi
exec "$tool" mprof "$@"
