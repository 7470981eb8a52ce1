// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The version that `peakline --version` prints.
///
/// The distribution takes its number from `python/peakline/_version.py`; a test holds the two equal,
/// so that neither build has to generate a file for the other.
let peaklineVersion = "0.1.0"
