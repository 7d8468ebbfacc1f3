// Instructions per request, counted by valgrind: where the processor's own counters cannot be used, and a figure that
// does not move when the machine does.
#pragma once
#include <filesystem>
#include <string>

namespace propylon::bench {

// Starts nginx, nchan and Propylon below callgrind, one after the other, and sends each the same number of
// produce/single over 256, 8 and 1 connections. Returns a table of instructions in user mode per request: the kernel's
// part, which is the larger one, is not in it. Throws std::runtime_error when valgrind is missing.
std::string count_instructions(const std::filesystem::path& directory);

}  // namespace propylon::bench
