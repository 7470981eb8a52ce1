# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin of pytest: it loads `plugin`, which imports all else when that is asked for."""
