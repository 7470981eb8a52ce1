# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Whole programs, each of one kind of load. `work()` takes tenths of a second and leaves nothing.

They are small enough to be read, and long enough for a ratio of two runs to mean something.
"""

ALL = ("calls", "objects", "arrays", "threads", "natives", "deep", "raises", "live")
