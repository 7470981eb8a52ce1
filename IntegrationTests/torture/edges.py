# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What malloc and its relatives answer at the edges of their contract, errno included."""

import ctypes

from native import load

text = ctypes.create_string_buffer(1 << 16)
load("edges").edges(text, len(text))
print(text.value.decode())
