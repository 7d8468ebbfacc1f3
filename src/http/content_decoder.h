// Removes the Content-Encoding of a request body.
//
// Decodes in steps, so that a large body does not hold up the other requests of its loop. A body that does not
// decode to its very last byte is refused, never passed on. Thread: caller serialises.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/content_coding.h"
#include "http/refusal.h"

namespace propylon::http {

class DecoderStream;

class ContentDecoder final {
 public:
  enum class Progress : std::uint8_t { kGoOn, kComplete, kRefused };

  // A step ends after about so many bytes, read or written: below a millisecond.
  static constexpr std::size_t kStepBytes = 256 * 1024;

  // `coding` is one that changes bytes. `encoded` must live until the end. The decoded body may have at most
  // decoded_bytes_max bytes.
  ContentDecoder(ContentCoding coding, std::string_view encoded, std::uint64_t decoded_bytes_max);
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;
  ~ContentDecoder();

  // Decodes some more and appends it to `body`, which must be the same string at every step, empty at the first.
  // Refusals: kInvalidEncoding (broken, cut off, followed by other bytes, or with too large a window), kBodyTooLarge
  // (then `body` holds at most one byte more than allowed), kInternal (no memory).
  Progress step(std::string& body);

  // How much memory a body takes that has come so far: its own bytes and those that the decoder remembers.
  std::uint64_t held_bytes(const std::string& body) const;

  const Refusal& refusal() const { return refusal_; }

 private:
  Progress turn(std::string& body, std::size_t& work);
  Progress finish_part();
  Progress refuse(ErrorCode code, const char* text, std::uint64_t limit = 0);

  const ContentCoding coding_;
  std::string_view rest_;
  const std::uint64_t decoded_bytes_max_;
  const std::unique_ptr<DecoderStream> stream_;  // null when there was no memory for it
  Refusal refusal_;
};

}  // namespace propylon::http
