#include <gtest/gtest.h>

#include <random>

#include "core/long_tests.h"
#include "json/base64.h"
#include "json/unescape.h"
#include "json/utf8.h"

namespace propylon::json {
namespace {

TEST(Utf8, AcceptsCharactersAndRefusesWhatIsNone) {
  for (const std::string_view good : {"", "a", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\U0010ffff"}) {
    EXPECT_TRUE(valid_utf8(good)) << good;
    EXPECT_EQ(valid_utf8_prefix(good), good.size());
  }
  for (const std::string_view bad :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xf0\x9f\x98"}) {
    EXPECT_FALSE(valid_utf8(bad));
    EXPECT_EQ(valid_utf8_prefix("a\u00e9" + std::string(bad)), 3u);
  }
}

TEST(Base64, KnowsTheVectorsOfRfc4648) {
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(to_base64(bytes, Base64::kStandard), text);
    EXPECT_EQ(from_base64(text, Base64::kStandard), bytes);
    const std::string unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(to_base64(bytes, Base64::kUrl), unpadded);
    EXPECT_EQ(from_base64(unpadded, Base64::kUrl), bytes);
  }
  EXPECT_EQ(to_base64("\xfb\xff", Base64::kStandard), "+/8=");
  EXPECT_EQ(to_base64("\xfb\xff", Base64::kUrl), "-_8");
}

TEST(Base64, RefusesEveryOtherWayToWriteTheSameBytes) {
  for (const std::string_view bad :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 8=", "Zm8=\n", "Z", "Zm9vZ", "====", "=", "Zg==Zg==", "-_8="}) {
    EXPECT_FALSE(from_base64(bad, Base64::kStandard)) << bad;
  }
  for (const std::string_view bad : {"Zg==", "Zh", "Zm9", "Z", "+/8", "Zm9v\n", " Zg"})
    EXPECT_FALSE(from_base64(bad, Base64::kUrl)) << bad;
}

TEST(Base64, ReadsBackWhatItWrote) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const Base64 alphabet : {Base64::kStandard, Base64::kUrl})
      EXPECT_EQ(from_base64(to_base64(bytes, alphabet), alphabet), bytes);
  }
}

TEST(Unescape, ResolvesEveryEscape) {
  EXPECT_EQ(unescape(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unescape(R"(\u0041\u00e9\u20AC\ud83d\uDE00)"), "A\u00e9\u20ac\U0001F600");
  EXPECT_EQ(unescape(R"(\u0000)"), std::string(1, '\0'));
}

TEST(Unescape, RefusesHalfOfASurrogatePair) {
  for (const std::string_view bad :
       {R"(\ud83d)", R"(\ud83dx)", R"(\ud83d\n12345)", R"(\ud83d\u0041)", R"(\ude00)", R"(\ud83d\ud83d)"}) {
    EXPECT_FALSE(unescape(bad)) << bad;
  }
}

}  // namespace
}  // namespace propylon::json
