#include "http/descriptor_share.h"

#include <sys/resource.h>

#include <algorithm>

namespace propylon::http {
namespace {

// More would let a flood keep that many descriptors and timers busy only to be told to go.
constexpr std::uint64_t kRefusedMax = 256;

}  // namespace

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  // Refused in odd sandboxes; then the old limit counts.
  if (limit.rlim_cur < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return limit.rlim_cur;
}

ConnectionRoom share_descriptors(std::uint64_t connections_max, std::uint64_t descriptors) {
  const std::uint64_t room = descriptors - descriptors / 4;
  const std::uint64_t refused = std::min(kRefusedMax, room / 4);
  return {.served = std::max<std::uint64_t>(1, std::min(connections_max, room - refused)), .refused = refused};
}

}  // namespace propylon::http
