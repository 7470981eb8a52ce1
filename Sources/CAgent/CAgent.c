// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

#include "CAgent.h"

__thread void *peakline_thread_record;
