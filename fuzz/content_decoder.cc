// Any bytes as an encoded body: the decoder ends, keeps to its limit, and accepts only what it read to the end.
//
// Input: the coding, then the body.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/content_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace propylon::http;
  if (size == 0) return 0;
  constexpr std::uint64_t kDecodedBytesMax = 100'000;
  const ContentCoding coding = data[0] % 2 == 0 ? ContentCoding::kGzip : ContentCoding::kDeflate;
  ContentDecoder decoder(coding, std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1), kDecodedBytesMax);
  std::string body;
  auto progress = ContentDecoder::Progress::kGoOn;
  for (std::size_t steps = 0; progress == ContentDecoder::Progress::kGoOn; ++steps) {
    progress = decoder.step(body);
    if (steps > size + kDecodedBytesMax) std::abort();
  }
  const bool refused = progress == ContentDecoder::Progress::kRefused;
  if (refused != static_cast<bool>(decoder.refusal())) std::abort();
  if (body.size() > kDecodedBytesMax + (refused ? 1 : 0)) std::abort();
  return 0;
}
