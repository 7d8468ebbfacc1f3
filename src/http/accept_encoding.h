// Which content coding an answer may have, from the Accept-Encoding of its request (RFC 9110 section 12.5.3).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/content_coding.h"

namespace propylon::http {

// The codings that answers can have, in our order among those that a client likes equally: zstd costs the least and
// makes answers the smallest, gzip is what everybody knows (docs/decisions/0010-content-codings.md).
inline constexpr std::array kEncodings{ContentCoding::kZstd, ContentCoding::kBrotli, ContentCoding::kGzip};

struct EncodingChoice {
  ContentCoding coding = ContentCoding::kIdentity;  // one of kEncodings, or kIdentity
  bool identity_refused = false;                    // the client wants no body without a coding
};

// Reads the field's lines one after the other. What is malformed in it counts as not there: a wrong guess costs bytes,
// a refused request more. Does not allocate. Thread: caller serialises.
class AcceptEncoding final {
 public:
  void add(std::string_view line);

  // The coding with the highest weight; a weight of 0 refuses. `*` is whatever is not named: it stands for gzip, since
  // a client that names nothing is likeliest to know that, and for identity. Identity is chosen when it is named with a
  // higher weight, or when nothing else is left.
  EncodingChoice choose() const;

 private:
  using Weight = std::uint16_t;  // thousandths: 0 to 1000

  static std::optional<Weight> read_weight(std::string_view parameters);

  std::array<std::optional<Weight>, kEncodings.size()> named_;
  std::optional<Weight> identity_;
  std::optional<Weight> others_;  // of `*`
};

}  // namespace propylon::http
