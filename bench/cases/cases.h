// Every case, one file each beside this one.
#pragma once
#include <cstddef>
#include <vector>

#include "case.h"

namespace propylon::bench {

// produce/single over 256, 8 or 1 connections beside all peers.
Case single(std::size_t connections);

// In the order in which they are measured.
std::vector<Case> all_cases();

}  // namespace propylon::bench
