# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Lists that come and go: the table says what each line took, and what it gave back.

The function is decorated, and the decorator imported: run the script as it is.

    python examples/mem_script.py
"""

from memory_profiler import profile


@profile
def make_lists():
    ones = [1] * 10**6
    numbers = list(range(2 * 10**6))
    twos = [2] * (2 * 10**7)
    del twos
    del numbers
    return ones


if __name__ == "__main__":
    make_lists()
