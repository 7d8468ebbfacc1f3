// Content codings of bodies, for tests: the libraries themselves, none of the server's code.
#pragma once
#include <string>
#include <string_view>

namespace propylon::testing {

std::string gzip(std::string_view bytes);
// The zlib format (RFC 1950), which HTTP calls deflate.
std::string deflate(std::string_view bytes);
std::string brotli(std::string_view bytes);
std::string zstd(std::string_view bytes);

// The bytes behind a Content-Encoding of "gzip", "br", "zstd" or none. Throws std::runtime_error when they do not
// decode to their end, or to more than 64 MiB.
std::string decompress(std::string_view coding, std::string_view bytes);

}  // namespace propylon::testing
