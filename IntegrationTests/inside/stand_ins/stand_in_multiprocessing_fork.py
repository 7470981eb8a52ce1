# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""CPython's multiprocessing tests for installations that left this file out."""

import unittest

from test._test_multiprocessing import install_tests_in_module_dict

install_tests_in_module_dict(globals(), "fork")

if __name__ == "__main__":
    unittest.main()
