#include <brotli/decode.h>

#include "http/decoder_stream.h"

namespace propylon::http {
namespace {

class BrotliStream final : public DecoderStream {
 public:
  explicit BrotliStream(BrotliDecoderState* state) : state_(state) {}

  Turn decode(std::string_view encoded, char* out, std::size_t room) override {
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(encoded.data());
    auto* next_out = reinterpret_cast<std::uint8_t*>(out);
    std::size_t left = encoded.size();
    std::size_t space = room;
    const auto result = BrotliDecoderDecompressStream(state_.get(), &left, &next_in, &space, &next_out, nullptr);
    return {state_of(result), encoded.size() - left, room - space};
  }

  bool begins_another(std::string_view) override { return false; }

 private:
  struct Free {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };

  State state_of(BrotliDecoderResult result) const {
    switch (result) {
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return State::kGoesOn;
      case BROTLI_DECODER_RESULT_SUCCESS: return State::kEnds;
      case BROTLI_DECODER_RESULT_ERROR: break;
    }
    const auto error = BrotliDecoderGetErrorCode(state_.get());
    const bool memory =
        error <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && error >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return memory ? State::kNoMemory : State::kBroken;
  }

  const std::unique_ptr<BrotliDecoderState, Free> state_;
};

}  // namespace

std::unique_ptr<DecoderStream> open_brotli_stream() {
  // Large windows (up to 1 GiB) are no part of RFC 7932 and off unless asked for.
  BrotliDecoderState* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  if (!state) return nullptr;
  return std::make_unique<BrotliStream>(state);
}

}  // namespace propylon::http
