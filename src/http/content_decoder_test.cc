#include "http/content_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

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
  for (const auto* other : {"br", "zstd", "gzip, gzip", "gzip,", "compress", "gzipx"}) {
    EXPECT_EQ(content_coding(other), ContentCoding::kUnsupported) << other;
  }
}

TEST(ContentDecoder, GivesBackWhatWasEncoded) {
  for (const auto& body : {std::string(), std::string("hello"), std::string(100'000, 'x'), noise(900'000)}) {
    EXPECT_EQ(decode(ContentCoding::kGzip, gzip(body)).body, body);
    EXPECT_EQ(decode(ContentCoding::kDeflate, encode(body, 15)).body, body);
    EXPECT_EQ(decode(ContentCoding::kDeflate, encode(body, -15)).body, body);
  }
}

TEST(ContentDecoder, ReadsGzipOfSeveralMembers) {
  const Decoded decoded = decode(ContentCoding::kGzip, gzip("hello ") + gzip("") + gzip("world"));
  EXPECT_EQ(decoded.progress, Progress::kComplete);
  EXPECT_EQ(decoded.body, "hello world");
}

TEST(ContentDecoder, RefusesEveryCut) {
  const std::string encoded = gzip("hello hello hello world");
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    const Decoded decoded = decode(ContentCoding::kGzip, encoded.substr(0, size));
    EXPECT_EQ(decoded.progress, Progress::kRefused) << size;
    EXPECT_EQ(decoded.refusal.code, ErrorCode::kInvalidEncoding) << size;
  }
}

TEST(ContentDecoder, RefusesGarbageAndWhatFollows) {
  for (const auto& encoded :
       {std::string("not gzip at all"), gzip("x") + "tail", gzip("x") + "\x1f", noise(1000), gzip("x") + "\x1f\x8b"}) {
    EXPECT_EQ(decode(ContentCoding::kGzip, encoded).refusal.code, ErrorCode::kInvalidEncoding);
  }
  EXPECT_EQ(decode(ContentCoding::kDeflate, encode("x", 15) + "y").refusal.code, ErrorCode::kInvalidEncoding);
  EXPECT_EQ(decode(ContentCoding::kDeflate, encode("x", -15) + "y").refusal.code, ErrorCode::kInvalidEncoding);
  std::string damaged = gzip("hello hello hello world");
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // its checksum
  EXPECT_EQ(decode(ContentCoding::kGzip, damaged).refusal.code, ErrorCode::kInvalidEncoding);
}

TEST(ContentDecoder, StopsABombAtTheLimit) {
  const std::string bomb = gzip(std::string(50'000'000, '\0'));
  const Decoded decoded = decode(ContentCoding::kGzip, bomb, 1'000'000);
  EXPECT_EQ(decoded.refusal.code, ErrorCode::kBodyTooLarge);
  EXPECT_LE(decoded.body.size(), 1'000'001u);
  EXPECT_EQ(decode(ContentCoding::kGzip, gzip(std::string(1000, 'x')), 1000).progress, Progress::kComplete);
  EXPECT_EQ(decode(ContentCoding::kGzip, gzip(std::string(1001, 'x')), 1000).refusal.code, ErrorCode::kBodyTooLarge);
  EXPECT_EQ(decode(ContentCoding::kGzip, gzip(""), 0).progress, Progress::kComplete);
}

TEST(ContentDecoder, DecodesALargeBodyInSteps) {
  EXPECT_GT(decode(ContentCoding::kGzip, gzip(std::string(1 << 20, 'x'))).steps, 3);
}

}  // namespace
}  // namespace propylon::http
