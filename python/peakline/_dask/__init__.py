# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of `peakline.dask`: what is sent to workers, what runs there, and what fetches from it.

`plugin` travels to every worker by value, `worker` runs where Peakline is installed, `collecting`
runs at the client.
"""
