// Every case, one file each beside this one.
#pragma once
#include <cstddef>
#include <vector>

#include "case.h"

namespace propylon::bench {

// produce/single over 256, 8 or 1 connections beside all peers.
Case single(std::size_t connections);
// produce/single with wrk as the generator.
Case wrk();
// produce/single of durability `disk` beside what the bare disk syncs.
Case disk();
Case batch();
Case consume();
// Consumers that go on, and ones that close after each answer: what settling costs.
Case consumer();
// Two builds in the same rounds; only with --beside.
Case builds();
// From a produce to the answer of a long poll that waits for it.
Case wake_up();
// 10,000 connections that do nothing.
Case idle_connections();
// What judging by a schema of six fields adds to produce/single.
Case schema();
// Two I/O threads on one core.
Case io_threads();
// All that happens in the background of a server that has run for long.
Case steady_state();

// In the order in which they are measured.
std::vector<Case> all_cases();

}  // namespace propylon::bench
