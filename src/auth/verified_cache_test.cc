#include "auth/verified_cache.h"

#include <gtest/gtest.h>

namespace propylon::auth {
namespace {

TEST(VerifiedCache, FindsWholeKeysOnly) {
  VerifiedCache cache(64);
  const std::string key(200, 'k');
  EXPECT_EQ(cache.find(key), nullptr);
  cache.insert(key).expires_at_s = 5;
  ASSERT_NE(cache.find(key), nullptr);
  EXPECT_EQ(cache.find(key)->expires_at_s, 5);
  std::string other = key;
  other[0] = 'x';
  EXPECT_EQ(cache.find(other), nullptr) << "the same last bytes are not enough";
  EXPECT_EQ(cache.find(key.substr(1)), nullptr);
  EXPECT_EQ(cache.find(""), nullptr);
}

TEST(VerifiedCache, ForgetsWhatIsErased) {
  VerifiedCache cache(4);
  cache.insert("a").user = std::make_shared<const User>();
  const auto user = cache.find("a")->user;
  cache.erase(*cache.find("a"));
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(user.use_count(), 1);
}

TEST(VerifiedCache, NeverReplacesTheOneThatWasUsedLast) {
  VerifiedCache cache(4);  // one set of four
  for (const char* key : {"a", "b", "c", "d"}) cache.insert(key);
  for (const char* key : {"a", "b", "c", "d"}) EXPECT_NE(cache.find(key), nullptr) << key;
  for (int i = 0; i < 10; ++i) {
    ASSERT_NE(cache.find("b"), nullptr);
    cache.insert(std::to_string(i));
  }
  EXPECT_NE(cache.find("b"), nullptr);
  EXPECT_EQ(cache.find("c"), nullptr);
}

TEST(VerifiedCache, StaysBoundedAndFindsMostOfWhatFits) {
  VerifiedCache cache(1024);
  const auto key = [](int i) { return "signature-" + std::to_string(i); };
  for (int i = 0; i < 100'000; ++i) cache.insert(key(i));
  int found = 0;
  for (int i = 0; i < 100'000; ++i) found += cache.find(key(i)) != nullptr;
  EXPECT_LE(found, 1024);
  EXPECT_GT(found, 900);
}

}  // namespace
}  // namespace propylon::auth
