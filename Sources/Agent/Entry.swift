// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The version of the C interface; the Python package refuses a library that answers another
/// number.
@c(peakline_abi)
public func abi() -> Int32 { 3 }
