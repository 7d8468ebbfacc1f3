// Removes the Content-Encoding of a request body: gzip (x-gzip) and deflate, the latter with or without zlib's frame.
//
// Decodes in steps, so that a large body does not hold up the other requests of its loop. A body that does not
// decode to its very last byte is refused, never passed on. Thread: caller serialises.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/refusal.h"

namespace propylon::http {

enum class ContentCoding : std::uint8_t {
  kIdentity,  // no coding, or "identity"
  kGzip,
  kDeflate,
  kUnsupported,  // several codings, or one that is not decoded here: kUnsupportedEncoding
};

// What a Content-Encoding value asks for; "" is kIdentity.
ContentCoding content_coding(std::string_view value);

class ContentDecoder final {
 public:
  enum class Progress : std::uint8_t { kGoOn, kComplete, kRefused };

  // A step ends after about so many bytes, read or written: below a millisecond.
  static constexpr std::size_t kStepBytes = 256 * 1024;

  // `coding` is kGzip or kDeflate. `encoded` must live until the end. The decoded body may have at most
  // decoded_bytes_max bytes.
  ContentDecoder(ContentCoding coding, std::string_view encoded, std::uint64_t decoded_bytes_max);
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;
  ~ContentDecoder();

  // Decodes some more and appends it to `body`, which must be the same string at every step, empty at the first.
  // Refusals: kInvalidEncoding (broken, cut off, or followed by other bytes), kBodyTooLarge (then `body` holds at
  // most one byte more than allowed), kInternal (no memory).
  Progress step(std::string& body);

  const Refusal& refusal() const { return refusal_; }

 private:
  struct Stream;

  Progress finish_member();
  Progress refuse(ErrorCode code, const char* text);

  const ContentCoding coding_;
  std::string_view rest_;
  const std::uint64_t decoded_bytes_max_;
  std::unique_ptr<Stream> stream_;  // null when zlib could not start
  Refusal refusal_;
};

}  // namespace propylon::http
