#include "http/chunk_decoder.h"

#include <gtest/gtest.h>

#include <chrono>

namespace propylon::http {
namespace {

using Progress = ChunkDecoder::Progress;
using namespace std::string_view_literals;

struct Decoded {
  Progress progress = Progress::kNeedMore;
  Refusal refusal;
  std::string body;
  std::size_t used = 0;
};

Decoded decode(std::string_view input, std::size_t piece, std::uint64_t body_bytes_max = 100) {
  ChunkDecoder decoder;
  Decoded decoded;
  while (decoded.progress == Progress::kNeedMore && decoded.used < input.size()) {
    std::size_t used = 0;
    decoded.progress = decoder.decode(input.substr(decoded.used, piece), used, decoded.body, body_bytes_max);
    decoded.used += used;
  }
  decoded.refusal = decoder.refusal();
  return decoded;
}

TEST(ChunkDecoder, ReadsChunksExtensionsAndTrailers) {
  for (const auto input : {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"sv, "B ;a=b ; c=\"d\"\r\nhello world\r\n0\r\n\r\n"sv,
                           "0000000000000b\t  \r\nhello world\r\n000;x\r\nX-T: 1\r\nY:\r\n\r\n"sv}) {
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u}) {
      const std::string more = std::string(input) + "GET / HTTP/1.1\r\n";
      const Decoded decoded = decode(more, piece);
      EXPECT_EQ(decoded.progress, Progress::kComplete) << input;
      EXPECT_EQ(decoded.body, "hello world");
      EXPECT_EQ(decoded.used, input.size());
    }
  }
  EXPECT_EQ(decode("0\r\n\r\n", 1).progress, Progress::kComplete);
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n", 1).progress, Progress::kNeedMore);
}

TEST(ChunkDecoder, RefusesWhatIsMalformed) {
  for (const auto input : {"zz\r\n"sv,
                           "\r\n"sv,
                           "-1\r\n"sv,
                           "+1\r\n"sv,
                           "0x1\r\n"sv,
                           ";a\r\n"sv,
                           " 5\r\nhello\r\n"sv,
                           "5\nhello\r\n"sv,
                           "5\rhello\r\n"sv,
                           "5\r\nhelloX0\r\n"sv,
                           "5\r\nhello\n0\r\n"sv,
                           "5\r\nhello\rX"sv,
                           "5 x\n"sv,
                           "5 5\r\nhello\r\n"sv,
                           "5 x\r\nhello\r\n"sv,
                           "5\tx;a\r\nhello\r\n"sv,
                           "00000000000000005\r\nhello\r\n"sv,
                           "5;a\0b\r\n"sv,
                           "ffffffffffffffff\r\n"sv,
                           "100000000000000000\r\n"sv,
                           "0\r\nfoo\r\n\r\n"sv,
                           "0\r\n: x\r\n\r\n"sv,
                           "0\r\n folded\r\n\r\n"sv,
                           "0\r\nA: b\n\r\n"sv,
                           "0\r\nA : b\r\n\r\n"sv,
                           "0\r\n\rx"sv,
                           "0\r\n\n"sv,
                           "5,5\r\nhello\r\n"sv}) {
    for (const std::size_t piece : {1u, 100u}) {
      const Decoded decoded = decode(input, piece);
      EXPECT_EQ(decoded.progress, Progress::kRefused) << input;
      EXPECT_EQ(decoded.refusal.code, ErrorCode::kMalformedHttp) << input;
    }
  }
}

TEST(ChunkDecoder, HoldsItsLimits) {
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\n", 100, 5).progress, Progress::kComplete);
  EXPECT_EQ(decode("6\r\n", 100, 5).refusal.code, ErrorCode::kBodyTooLarge);
  EXPECT_EQ(decode("3\r\nabc\r\n3\r\n", 100, 5).refusal.code, ErrorCode::kBodyTooLarge);
  EXPECT_EQ(decode("5;" + std::string(ChunkDecoder::kExtensionBytesMax, 'x') + "\r\n", 100).progress,
            Progress::kRefused);
  EXPECT_EQ(decode("0\r\nA: " + std::string(ChunkDecoder::kTrailerBytesMax, 'x') + "\r\n", 100).progress,
            Progress::kRefused);
}

TEST(ChunkDecoder, ReadsAMillionTinyChunksInLinearTime) {
  std::string input;
  for (int i = 0; i < 1'000'000; ++i) input += "1\r\nx\r\n";
  input += "0\r\n\r\n";
  const auto begin = std::chrono::steady_clock::now();
  const Decoded decoded = decode(input, 1000, 2'000'000);
  EXPECT_EQ(decoded.body.size(), 1'000'000u);
  // Quadratic behaviour would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace propylon::http
