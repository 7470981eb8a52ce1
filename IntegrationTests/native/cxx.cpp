// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// C++'s operators, which reach malloc through libstdc++, and its thread-local objects.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace {

struct alignas(256) Wide {
  char bytes[1000];
};

struct Mourner {
  std::vector<std::string> words;
  ~Mourner() {
    words.push_back(std::string(5000, 'x'));  // allocates while the thread dies
  }
};

thread_local Mourner mourner;

volatile std::size_t far_too_much = PTRDIFF_MAX;

}  // namespace

extern "C" long cxx_work() {
  long sum = 0;
  for (int i = 0; i < 1000; i++) {
    std::map<int, std::string> table;
    for (int j = 0; j < 50; j++) table[j] = std::string(static_cast<std::size_t>(j), 'a');
    auto wide = std::make_unique<Wide>();
    sum += reinterpret_cast<std::uintptr_t>(wide.get()) % 256 == 0;
    auto many = std::make_unique<Wide[]>(3);
    many[2].bytes[999] = 1;
    sum += many[2].bytes[999];
    char *raw = new (std::nothrow) char[100];
    sum += raw != nullptr;
    delete[] raw;
  }
  try {
    delete[] new char[far_too_much];
  } catch (const std::bad_alloc &) {
    sum += 1000000;
  }
  sum += new (std::nothrow) char[far_too_much] == nullptr ? 2000000 : 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; i++) threads.emplace_back([] { mourner.words.emplace_back(3000, 'y'); });
  for (auto &thread : threads) thread.join();
  return sum;
}
