# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Lists that come and go, with nothing imported: `profile` is there while this module runs it.

python -m memory_profiler examples/mem_script_bare.py
"""


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
