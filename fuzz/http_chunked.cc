// A chunked body decoded whole and in pieces gives the same result and keeps to its limit.
//
// Input: the size of the pieces, then the bytes of the connection.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/chunk_decoder.h"

namespace {

using propylon::http::ChunkDecoder;
using Progress = ChunkDecoder::Progress;

constexpr std::uint64_t kBodyBytesMax = 1000;

struct Outcome {
  Progress progress = Progress::kNeedMore;
  const char* text = nullptr;
  std::string body;
  std::size_t used = 0;
};

Outcome decode(std::string_view bytes, std::size_t piece) {
  ChunkDecoder decoder;
  Outcome outcome;
  while (outcome.progress == Progress::kNeedMore && outcome.used < bytes.size()) {
    std::size_t used = 0;
    outcome.progress = decoder.decode(bytes.substr(outcome.used, piece), used, outcome.body, kBodyBytesMax);
    outcome.used += used;
  }
  outcome.text = decoder.refusal().text;
  if (outcome.body.size() > kBodyBytesMax) std::abort();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = decode(bytes, bytes.size() + 1);
  const Outcome pieces = decode(bytes, data[0] % 16 + 1u);
  const bool same = whole.progress == pieces.progress && whole.text == pieces.text && whole.used == pieces.used &&
                    (whole.progress == Progress::kRefused || whole.body == pieces.body);
  if (!same) std::abort();
  return 0;
}
