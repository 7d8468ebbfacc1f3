#include "http/content_encoder.h"

#include <gtest/gtest.h>

#include <random>

#include "http/content_decoder.h"

namespace propylon::http {
namespace {

using Wanted = ContentEncoder::Wanted;

std::string decode(ContentCoding coding, std::string_view encoded) {
  ContentDecoder decoder(coding, encoded, 100 << 20);
  std::string body;
  auto progress = ContentDecoder::Progress::kGoOn;
  while (progress == ContentDecoder::Progress::kGoOn) progress = decoder.step(body);
  EXPECT_EQ(progress, ContentDecoder::Progress::kComplete) << to_string(coding);
  return body;
}

std::string text(std::size_t bytes) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) text.append(R"({"message":")").append(std::to_string(random())).append("\"},");
  return text;
}

std::string noise(std::size_t bytes) {
  std::mt19937 random(7);
  std::string noise(bytes, '\0');
  for (auto& c : noise) c = static_cast<char>(random());
  return noise;
}

TEST(ContentEncoder, MakesTextSmallerAndDecodesToTheSame) {
  ContentEncoder encoder;
  for (int round = 0; round < 2; ++round) {  // the second on memory that was used before
    for (const auto coding : kEncodings) {
      for (const std::size_t bytes : {1024u, 20000u, 3000000u}) {
        const std::string body = text(bytes);
        const auto encoded = encoder.encode(coding, body, Wanted::kIfSmaller);
        ASSERT_TRUE(encoded) << to_string(coding) << ", " << bytes;
        EXPECT_LT(encoded->size(), body.size() * 3 / 4) << to_string(coding) << ", " << bytes;
        EXPECT_TRUE(decode(coding, *encoded) == body) << to_string(coding) << ", " << bytes;
      }
    }
  }
}

TEST(ContentEncoder, LeavesWhatDoesNotBecomeSmaller) {
  ContentEncoder encoder;
  for (const auto coding : kEncodings) {
    for (const auto& body : {std::string(), std::string("a"), std::string("[]"), noise(2000), noise(1'000'000)}) {
      EXPECT_FALSE(encoder.encode(coding, body, Wanted::kIfSmaller)) << to_string(coding) << ", " << body.size();
    }
    // What stopped half way spoils nothing.
    EXPECT_EQ(decode(coding, encoder.encode(coding, text(1024), Wanted::kIfSmaller).value()), text(1024));
  }
}

TEST(ContentEncoder, EncodesAnythingWhenItIsWantedAnyway) {
  ContentEncoder encoder;
  for (const auto coding : kEncodings) {
    for (const auto& body : {std::string(), std::string("[]"), noise(2000), noise(1'000'000), text(5000)}) {
      const auto encoded = encoder.encode(coding, body, Wanted::kAnyway);
      ASSERT_TRUE(encoded) << to_string(coding) << ", " << body.size();
      EXPECT_TRUE(decode(coding, *encoded) == body) << to_string(coding) << ", " << body.size();
    }
  }
}

}  // namespace
}  // namespace propylon::http
