# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The smallest example: two lists, one of them released before the function returns.

Run it as it is; the table is printed when the function returns:

    python examples/big_memory.py
"""

from memory_profiler import profile


@profile
def big_memory():
    a = [1] * 10**6
    b = [2] * (2 * 10**7)
    del b
    return a


if __name__ == "__main__":
    big_memory()
