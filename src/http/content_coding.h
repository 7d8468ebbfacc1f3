// The content codings of HTTP bodies (RFC 9110 section 8.4.1) that are spoken here, and their names.
#pragma once
#include <cstdint>
#include <string_view>

namespace propylon::http {

enum class ContentCoding : std::uint8_t {
  kIdentity,  // no coding, or "identity"
  kGzip,      // RFC 1952; also "x-gzip"
  kDeflate,   // RFC 1950, and RFC 1951 without its frame; only decoded
  kBrotli,    // "br", RFC 7932; also "brotli", which the reference gateway takes
  kZstd,      // RFC 8878, with a window of at most 8 MiB (RFC 9659)
  kUnsupported,
};

// What a Content-Encoding value asks for, in any letter case; "" is kIdentity, a list of several codings kUnsupported.
ContentCoding content_coding(std::string_view value);

// The name that an answer's Content-Encoding carries. Not for kUnsupported.
std::string_view to_string(ContentCoding coding);

// What request bodies may have, as an Accept-Encoding value (RFC 9110 section 12.5.3).
inline constexpr std::string_view kDecodedCodings = "zstd, br, gzip, deflate";

}  // namespace propylon::http
