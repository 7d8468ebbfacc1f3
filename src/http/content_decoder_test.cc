#include "http/content_decoder.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <vector>

namespace propylon::http {
namespace {

using Progress = ContentDecoder::Progress;

std::string encode(std::string_view body, int window_bits) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, body.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  z.avail_in = static_cast<uInt>(body.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}
std::string gzip(std::string_view body) { return encode(body, 31); }

std::string brotli(std::string_view body, int window_bits = 22, bool large_window = false) {
  BrotliEncoderState* state = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, 5);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_LARGE_WINDOW, large_window);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, static_cast<std::uint32_t>(window_bits));
  std::string out(BrotliEncoderMaxCompressedSize(body.size()) + 64, '\0');
  std::size_t left = body.size();
  std::size_t space = out.size();
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(body.data());
  auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
  EXPECT_TRUE(BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &left, &next_in, &space, &next_out, nullptr));
  EXPECT_TRUE(BrotliEncoderIsFinished(state));
  BrotliEncoderDestroyInstance(state);
  out.resize(out.size() - space);
  return out;
}

enum class Size { kUnknown, kWritten };

// Of unknown size as a stream is whose end was not known when it began: then its window is the one asked for.
std::string zstd(std::string_view body, int window_log = 0, Size size = Size::kWritten) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(body.size()) + 64, '\0');
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  ZSTD_outBuffer written{out.data(), out.size(), 0};
  if (size == Size::kUnknown) {
    EXPECT_FALSE(ZSTD_isError(ZSTD_compressStream2(context, &written, &in, ZSTD_e_continue)));
  }
  EXPECT_EQ(ZSTD_compressStream2(context, &written, &in, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(context);
  out.resize(written.pos);
  return out;
}

struct Form {
  const char* name;
  ContentCoding coding;
  std::string (*encode)(std::string_view);
};

const std::vector<Form> kForms{
    {"gzip", ContentCoding::kGzip, [](std::string_view body) { return gzip(body); }},
    {"zlib", ContentCoding::kDeflate, [](std::string_view body) { return encode(body, 15); }},
    {"raw deflate", ContentCoding::kDeflate, [](std::string_view body) { return encode(body, -15); }},
    {"br", ContentCoding::kBrotli, [](std::string_view body) { return brotli(body); }},
    {"zstd", ContentCoding::kZstd, [](std::string_view body) { return zstd(body); }},
    {"zstd of unknown size", ContentCoding::kZstd, [](std::string_view body) { return zstd(body, 0, Size::kUnknown); }},
};

struct Decoded {
  Progress progress = Progress::kGoOn;
  Refusal refusal;
  std::string body;
  int steps = 0;
};

Decoded decode(ContentCoding coding, std::string_view encoded, std::uint64_t max = 1 << 20) {
  ContentDecoder decoder(coding, encoded, max);
  Decoded decoded;
  while (decoded.progress == Progress::kGoOn) {
    decoded.progress = decoder.step(decoded.body);
    ++decoded.steps;
  }
  decoded.refusal = decoder.refusal();
  return decoded;
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string text(size, '\0');
  for (auto& c : text) c = static_cast<char>(random());
  return text;
}

TEST(ContentDecoder, KnowsTheCodings) {
  EXPECT_EQ(content_coding(""), ContentCoding::kIdentity);
  EXPECT_EQ(content_coding("Identity"), ContentCoding::kIdentity);
  EXPECT_EQ(content_coding("GZIP"), ContentCoding::kGzip);
  EXPECT_EQ(content_coding("x-gzip"), ContentCoding::kGzip);
  EXPECT_EQ(content_coding("deflate"), ContentCoding::kDeflate);
  EXPECT_EQ(content_coding("br"), ContentCoding::kBrotli);
  EXPECT_EQ(content_coding("brotli"), ContentCoding::kBrotli);
  EXPECT_EQ(content_coding("ZStd"), ContentCoding::kZstd);
  for (const auto* other : {"zstd, br", "gzip, gzip", "gzip,", "compress", "gzipx", "dcb", "dcz"}) {
    EXPECT_EQ(content_coding(other), ContentCoding::kUnsupported) << other;
  }
}

TEST(ContentDecoder, GivesBackWhatWasEncoded) {
  for (const auto& form : kForms) {
    for (const auto& body : {std::string(), std::string("hello"), std::string(100'000, 'x'), noise(900'000)}) {
      const Decoded decoded = decode(form.coding, form.encode(body));
      EXPECT_EQ(decoded.progress, Progress::kComplete) << form.name << ", " << body.size() << " bytes";
      EXPECT_TRUE(decoded.body == body) << form.name << ", " << body.size() << " bytes";
    }
  }
}

TEST(ContentDecoder, ReadsGzipOfSeveralMembers) {
  const Decoded decoded = decode(ContentCoding::kGzip, gzip("hello ") + gzip("") + gzip("world"));
  EXPECT_EQ(decoded.progress, Progress::kComplete);
  EXPECT_EQ(decoded.body, "hello world");
}

TEST(ContentDecoder, ReadsZstdOfSeveralFramesAndSkipsWhatIsToBeSkipped) {
  const std::string skipped(
      "\x5a\x2a\x4d\x18\x03\0\0\0"
      "any",
      11);
  const Decoded decoded = decode(ContentCoding::kZstd, skipped + zstd("hello ") + zstd("") + skipped + zstd("world"));
  EXPECT_EQ(decoded.progress, Progress::kComplete);
  EXPECT_EQ(decoded.body, "hello world");
}

TEST(ContentDecoder, RefusesEveryCut) {
  for (const auto& form : kForms) {
    const std::string encoded = form.encode("hello hello hello world");
    for (std::size_t size = 0; size < encoded.size(); ++size) {
      const Decoded decoded = decode(form.coding, encoded.substr(0, size));
      EXPECT_EQ(decoded.progress, Progress::kRefused) << form.name << ", " << size;
      EXPECT_EQ(decoded.refusal.code, ErrorCode::kInvalidEncoding) << form.name << ", " << size;
    }
  }
}

TEST(ContentDecoder, RefusesWhatFollows) {
  for (const auto& form : kForms) {
    for (const auto& tail : {std::string("y"), std::string("tail"), std::string(1, '\0'), std::string("\x1f"),
                             std::string("\x1f\x8b"), std::string("\x28\xb5\x2f"), std::string("\x28\xb5\x2f\xfd")}) {
      EXPECT_EQ(decode(form.coding, form.encode("x") + tail).refusal.code, ErrorCode::kInvalidEncoding) << form.name;
    }
  }
}

TEST(ContentDecoder, RefusesGarbageAndOtherFormats) {
  for (const auto& form : kForms) {
    for (const auto& encoded : {std::string("not encoded at all"), noise(1000)}) {
      EXPECT_EQ(decode(form.coding, encoded).refusal.code, ErrorCode::kInvalidEncoding) << form.name;
    }
  }
  EXPECT_EQ(decode(ContentCoding::kZstd, gzip("x")).refusal.code, ErrorCode::kInvalidEncoding);
  EXPECT_EQ(decode(ContentCoding::kGzip, zstd("x")).refusal.code, ErrorCode::kInvalidEncoding);
  // A frame of a format from before the RFC: its magic number differs by one.
  std::string old = zstd("hello");
  old[0] = '\x27';
  EXPECT_EQ(decode(ContentCoding::kZstd, old).refusal.code, ErrorCode::kInvalidEncoding);
}

TEST(ContentDecoder, RefusesAWrongChecksum) {
  std::string damaged = gzip("hello hello hello world");
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
  EXPECT_EQ(decode(ContentCoding::kGzip, damaged).refusal.code, ErrorCode::kInvalidEncoding);
  damaged = zstd("hello hello hello world");
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_EQ(decode(ContentCoding::kZstd, damaged).refusal.code, ErrorCode::kInvalidEncoding);
}

TEST(ContentDecoder, RefusesZstdWindowsAbove8MiBAndTakesThoseUpToIt) {
  const std::string body = noise(600'000);
  EXPECT_EQ(decode(ContentCoding::kZstd, zstd(body, 23, Size::kUnknown)).progress, Progress::kComplete);
  const Decoded decoded = decode(ContentCoding::kZstd, zstd(body, 24, Size::kUnknown));
  EXPECT_EQ(decoded.refusal.code, ErrorCode::kInvalidEncoding);
  EXPECT_NE(std::string_view(decoded.refusal.text).find("8 MiB"), std::string_view::npos);
}

TEST(ContentDecoder, RefusesBrotliWithALargeWindowAndTakesTheLargestOfTheRfc) {
  EXPECT_EQ(decode(ContentCoding::kBrotli, brotli("hello", 24)).progress, Progress::kComplete);
  EXPECT_EQ(decode(ContentCoding::kBrotli, brotli("hello", 25, true)).refusal.code, ErrorCode::kInvalidEncoding);
}

TEST(ContentDecoder, StopsABombAtTheLimit) {
  for (const auto& form : kForms) {
    const Decoded decoded = decode(form.coding, form.encode(std::string(50'000'000, '\0')), 1'000'000);
    EXPECT_EQ(decoded.refusal.code, ErrorCode::kBodyTooLarge) << form.name;
    EXPECT_LE(decoded.body.size(), 1'000'001u) << form.name;
    const std::string exact = form.encode(std::string(1000, 'x'));
    EXPECT_EQ(decode(form.coding, exact, 1000).progress, Progress::kComplete) << form.name;
    const std::string more = form.encode(std::string(1001, 'x'));
    EXPECT_EQ(decode(form.coding, more, 1000).refusal.code, ErrorCode::kBodyTooLarge) << form.name;
    EXPECT_EQ(decode(form.coding, form.encode(""), 0).progress, Progress::kComplete) << form.name;
  }
}

TEST(ContentDecoder, DecodesALargeBodyInSteps) {
  for (const auto& form : kForms) {
    EXPECT_GT(decode(form.coding, form.encode(std::string(1 << 20, 'x'))).steps, 3) << form.name;
  }
}

// 20,000 empty members are 400 kB that decode to nothing.
TEST(ContentDecoder, DecodesManyTinyPartsInSteps) {
  std::string members;
  std::string frames;
  for (int i = 0; i < 20'000; ++i) {
    members += gzip("");
    frames += zstd("");
  }
  for (const auto& decoded : {decode(ContentCoding::kGzip, members), decode(ContentCoding::kZstd, frames)}) {
    EXPECT_EQ(decoded.progress, Progress::kComplete);
    EXPECT_GT(decoded.steps, 20);
    EXPECT_LT(decoded.steps, 200);
  }
}

TEST(ContentDecoder, SaysWhatItHoldsWithItsWindow) {
  const std::string encoded = zstd("hello");
  const ContentDecoder small(ContentCoding::kZstd, encoded, 1 << 20);
  EXPECT_EQ(small.held_bytes(std::string(1000, 'x')), 2000u);
  EXPECT_EQ(small.held_bytes(std::string(9 << 20, 'x')), 17u << 20);
  const ContentDecoder gzipped(ContentCoding::kGzip, encoded, 1 << 20);
  EXPECT_EQ(gzipped.held_bytes(std::string(1 << 20, 'x')), (1u << 20) + (32u << 10));
}

}  // namespace
}  // namespace propylon::http
