# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m mprof`: the command for when its script is not on PATH, or is gone."""

from __future__ import annotations

from mprof import main

main()
