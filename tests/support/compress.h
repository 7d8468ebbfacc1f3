// Content codings of request bodies, for tests.
#pragma once
#include <string>
#include <string_view>

namespace propylon::testing {

std::string gzip(std::string_view bytes);
// The zlib format (RFC 1950), which HTTP calls deflate.
std::string deflate(std::string_view bytes);

}  // namespace propylon::testing
