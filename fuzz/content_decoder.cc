// Any bytes as an encoded body: the decoder ends, keeps to its limit, and accepts only what it read to the end. Any
// bytes as a body: what the encoder makes of them is decoded to the same.
//
// Input: the coding, then the body.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/assert.h"
#include "http/content_decoder.h"
#include "http/content_encoder.h"

namespace {

using namespace propylon::http;
using Progress = ContentDecoder::Progress;

constexpr std::uint64_t kDecodedBytesMax = 100'000;
constexpr ContentCoding kDecoded[] = {ContentCoding::kGzip, ContentCoding::kDeflate, ContentCoding::kBrotli,
                                      ContentCoding::kZstd};

struct Outcome {
  propylon::ErrorCode code{};
  bool complete = false;
  std::string body;
};

Outcome decode(ContentCoding coding, std::string_view encoded, std::uint64_t bytes_max) {
  ContentDecoder decoder(coding, encoded, bytes_max);
  Outcome outcome;
  auto progress = Progress::kGoOn;
  for (std::size_t steps = 0; progress == Progress::kGoOn; ++steps) {
    progress = decoder.step(outcome.body);
    PPL_ASSERT(steps <= encoded.size() + bytes_max);
  }
  outcome.complete = progress == Progress::kComplete;
  outcome.code = decoder.refusal().code;
  PPL_ASSERT(outcome.complete != static_cast<bool>(decoder.refusal()));
  PPL_ASSERT(outcome.body.size() <= bytes_max + (outcome.complete ? 0 : 1));
  PPL_ASSERT(decoder.held_bytes(outcome.body) <= 2 * outcome.body.size());
  return outcome;
}

void check_decoder(ContentCoding coding, std::string_view encoded) {
  const Outcome outcome = decode(coding, encoded, kDecodedBytesMax);
  if (!outcome.complete) return;
  const Outcome exact = decode(coding, encoded, outcome.body.size());
  PPL_ASSERT(exact.complete && exact.body == outcome.body);
  if (outcome.body.empty()) return;
  const Outcome less = decode(coding, encoded, outcome.body.size() - 1);
  PPL_ASSERT(!less.complete && less.code == propylon::ErrorCode::kBodyTooLarge);
}

void check_encoder(std::string_view body) {
  static ContentEncoder encoder;
  for (const auto coding : kEncodings) {
    const auto encoded = encoder.encode(coding, body, ContentEncoder::Wanted::kAnyway);
    PPL_ASSERT(encoded);
    const Outcome outcome = decode(coding, *encoded, body.size());
    PPL_ASSERT(outcome.complete && outcome.body == body);
    const auto smaller = encoder.encode(coding, body, ContentEncoder::Wanted::kIfSmaller);
    PPL_ASSERT(!smaller || smaller->size() < body.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = data[0] % (std::size(kDecoded) + 1);
  if (choice < std::size(kDecoded)) {
    check_decoder(kDecoded[choice], bytes);
  } else {
    check_encoder(bytes);
  }
  return 0;
}
