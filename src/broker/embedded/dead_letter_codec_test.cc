#include "broker/embedded/dead_letter_codec.h"

#include <gtest/gtest.h>

namespace propylon::broker::embedded {
namespace {

TEST(DeadLetterCodec, TheExampleIsAsDescribed) {
  const std::string bytes = encode_dead_letter(DeadLetterReason::kSchema, {"{}", "no", "[]"});
  EXPECT_EQ(bytes, std::string("\x01\x01\x02\0\0\0\x02\0\0\0no[]{}", 16));
}

TEST(DeadLetterCodec, RoundTripsAnyBytes) {
  std::string binary(300, '\0');
  for (std::size_t i = 0; i < binary.size(); ++i) binary[i] = static_cast<char>(i);
  for (const std::string& text : {std::string(), std::string("x"), binary, std::string(100'000, 'y')}) {
    for (const std::string& payload : {std::string(), binary}) {
      const std::string bytes = encode_dead_letter(DeadLetterReason::kSchema, {payload, text, "d" + text});
      const auto parts = decode_dead_letter(bytes);
      ASSERT_TRUE(parts.has_value()) << parts.error().message;
      EXPECT_EQ(parts->reason, DeadLetterReason::kSchema);
      EXPECT_EQ(parts->error, text);
      EXPECT_EQ(parts->details_json, "d" + text);
      EXPECT_EQ(parts->payload, payload);
    }
  }
}

TEST(DeadLetterCodec, WhatIsCutShortOrOfAnotherVersionIsRefused) {
  const std::string bytes = encode_dead_letter(DeadLetterReason::kSchema, {"", "error", "details"});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto refused = decode_dead_letter(ByteView(bytes).substr(0, length));
    ASSERT_FALSE(refused.has_value()) << length;
    EXPECT_EQ(refused.error().code, ErrorCode::kDamaged);
  }
  for (const std::size_t at : {0u, 1u}) {
    for (const char other : {'\0', '\x02', '\xff'}) {
      std::string changed = bytes;
      changed[at] = other;
      EXPECT_FALSE(decode_dead_letter(changed).has_value()) << at << " " << int{other};
    }
  }
  for (const std::size_t at : {2u, 5u, 6u, 9u}) {
    std::string changed = bytes;
    changed[at] = '\xff';
    EXPECT_FALSE(decode_dead_letter(changed).has_value()) << "a length of " << at;
  }
}

}  // namespace
}  // namespace propylon::broker::embedded
