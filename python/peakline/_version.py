# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The one place where the version is written; the executable's is tested to equal it."""

from __future__ import annotations

__version__ = "0.1.0"
