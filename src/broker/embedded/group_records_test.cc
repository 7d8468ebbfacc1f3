#include "broker/embedded/group_records.h"

#include <gtest/gtest.h>

namespace propylon::broker::embedded {
namespace {

const std::vector<SequenceRange> kRanges{{Sequence{5}, Sequence{9}, 1}};

TEST(GroupRecords, TheExampleOfTheFormatPage) {
  const std::string expected("\x01\x00g\x05\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\x01\0\0\0", 23);
  EXPECT_EQ(encode_group_record("g", kRanges), expected);
  const auto decoded = decode_group_record(expected);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->group, "g");
  EXPECT_EQ(decoded->ranges, kRanges);
}

TEST(GroupRecords, EveryCutIsRefused) {
  const auto body = encode_group_record("g", kRanges);
  for (std::size_t size = 0; size < body.size(); ++size) {
    if (size == 3) continue;  // the name alone: a record without ranges
    const auto decoded = decode_group_record(ByteView(body).substr(0, size));
    ASSERT_FALSE(decoded.has_value()) << size;
    EXPECT_EQ(decoded.error().code, ErrorCode::kDamaged);
  }
}

TEST(GroupRecords, ARangeThatEndsBeforeItBeginsIsRefused) {
  EXPECT_FALSE(decode_group_record(encode_group_record("g", {{Sequence{9}, Sequence{5}, 1}})).has_value());
}

}  // namespace
}  // namespace propylon::broker::embedded
