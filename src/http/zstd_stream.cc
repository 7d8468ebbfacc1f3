#include <zstd.h>
#include <zstd_errors.h>

#include <bit>
#include <cstdint>

#include "http/decoder_stream.h"

namespace propylon::http {
namespace {

constexpr int kWindowLog = std::countr_zero(kZstdWindowBytes);
constexpr std::size_t kMagicBytes = 4;

// RFC 8878 section 3.1: a frame of either kind, its magic number in little endian.
bool begins_frame(std::string_view encoded) {
  if (encoded.size() < kMagicBytes) return false;
  std::uint32_t magic = 0;
  for (std::size_t i = kMagicBytes; i-- > 0;) magic = magic << 8 | static_cast<unsigned char>(encoded[i]);
  return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

class ZstdStream final : public DecoderStream {
 public:
  explicit ZstdStream(ZSTD_DCtx* context) : context_(context) {}

  bool open() { return !ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog)); }

  Turn decode(std::string_view encoded, char* out, std::size_t room) override {
    // The library may also read the formats that came before the RFC; nobody may send these.
    if (!in_frame_ && !begins_frame(encoded)) return {State::kBroken};
    in_frame_ = true;
    ZSTD_inBuffer in{encoded.data(), encoded.size(), 0};
    ZSTD_outBuffer written{out, room, 0};
    const std::size_t status = ZSTD_decompressStream(context_.get(), &written, &in);
    return {state_of(status), in.pos, written.pos};
  }

  // RFC 8878 section 3: one or more frames, those to be skipped among them. The context is ready after each.
  bool begins_another(std::string_view encoded) override {
    in_frame_ = false;
    return begins_frame(encoded);
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  static State state_of(std::size_t status) {
    if (status == 0) return State::kEnds;
    if (!ZSTD_isError(status)) return State::kGoesOn;
    switch (ZSTD_getErrorCode(status)) {
      case ZSTD_error_frameParameter_windowTooLarge: return State::kWindowTooLarge;
      case ZSTD_error_memory_allocation: return State::kNoMemory;
      default: return State::kBroken;
    }
  }

  const std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = false;
};

}  // namespace

std::unique_ptr<DecoderStream> open_zstd_stream() {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  if (!context) return nullptr;
  auto stream = std::make_unique<ZstdStream>(context);
  if (!stream->open()) return nullptr;
  return stream;
}

}  // namespace propylon::http
