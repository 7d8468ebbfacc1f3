// How many of the process's file descriptors connections may take, so that the log always finds one for its next file.
#pragma once
#include <cstdint>

namespace propylon::http {

struct ConnectionRoom {
  std::uint64_t served = 0;   // connections at a time
  std::uint64_t refused = 0;  // further ones that are told so (503); any beyond is closed without a word
};

// Raises this process's limit of open files as far as it may, and says what it is then.
std::uint64_t raise_descriptor_limit();

// At most connections_max are served; served and refused ones together get at most three quarters of `descriptors`.
// The other quarter is for the log (one descriptor per 64 MiB of messages), the catalog, and the loops.
ConnectionRoom share_descriptors(std::uint64_t connections_max, std::uint64_t descriptors);

}  // namespace propylon::http
