# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""C++'s new and delete in their forms, and thread-local objects that allocate as they die."""

from native import load

print(load("cxx").cxx_work())
