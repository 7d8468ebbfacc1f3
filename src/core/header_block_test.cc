#include "core/header_block.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace propylon {
namespace {

TEST(HeaderBlock, HasTheBytesThatItsFormatSays) {
  std::string block;
  append_header(block, "A", "xy");
  EXPECT_EQ(block, std::string("\x01\x00\x02\x00\x00\x00"
                               "Axy",
                               9));
}

TEST(HeaderBlock, GrowsBeyondTheMemoryThatItHas) {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string block;
  for (std::size_t i = 0; i < 300; ++i) {
    headers.emplace_back("X-" + std::to_string(i), std::string(i * 7 % 101, 'v'));
    append_header(block, headers.back().first, headers.back().second);
  }
  HeaderReader reader(block);
  for (const auto& [name, value] : headers) {
    const auto header = reader.next();
    ASSERT_TRUE(header);
    EXPECT_EQ(header->name, name);
    EXPECT_EQ(header->value, value);
  }
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.well_formed());
}

TEST(HeaderBlock, SaysWhenItIsCutOff) {
  std::string block;
  append_header(block, "Content-Type", "text/plain");
  for (std::size_t size = 1; size < block.size(); ++size) {
    HeaderReader reader(ByteView(block).substr(0, size));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.well_formed()) << size;
  }
}

}  // namespace
}  // namespace propylon
