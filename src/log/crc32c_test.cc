#include "log/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace propylon::log {
namespace {

TEST(Crc32c, GivesTheValuesOfRfc3720) {
  const std::pair<std::string, std::uint32_t> cases[] = {
      {"123456789", 0xe3069283}, {std::string(32, '\0'), 0x8a9136aa}, {std::string(32, '\xff'), 0x62a8ab43}, {"", 0}};
  for (const auto& [bytes, crc] : cases) {
    EXPECT_EQ(crc32c(0, bytes), crc);
    EXPECT_EQ(crc32c_by_table(0, bytes), crc);
  }
}

TEST(Crc32c, InstructionAndTableAgreeForAllLengthsAndContinue) {
  std::mt19937 random(1);
  std::string bytes;
  for (int length = 0; length < 100; ++length) {
    EXPECT_EQ(crc32c(7, bytes), crc32c_by_table(7, bytes)) << length;
    const ByteView all(bytes);
    const std::size_t half = bytes.size() / 2;
    EXPECT_EQ(crc32c(crc32c(7, all.substr(0, half)), all.substr(half)), crc32c(7, all)) << length;
    bytes += static_cast<char>(random());
  }
}

}  // namespace
}  // namespace propylon::log
