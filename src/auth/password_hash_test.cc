#include "auth/password_hash.h"

#include <gtest/gtest.h>

namespace propylon::auth {
namespace {

constexpr PasswordHashCost kCheap{.passes = 1, .memory_kib = 8};

TEST(PasswordHasher, VerifiesThePasswordThatMadeTheHashAndNoOther) {
  const PasswordHasher hasher(kCheap);
  const auto hash = hasher.hash(Secret("pass"));
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *hash;
  EXPECT_TRUE(hasher.verify(*hash, Secret("pass")));
  for (const char* wrong : {"", "Pass", "pass ", "passw"}) EXPECT_FALSE(hasher.verify(*hash, Secret(wrong)));
}

TEST(PasswordHasher, SaltsEachHash) {
  const PasswordHasher hasher(kCheap);
  EXPECT_NE(hasher.hash(Secret("pass")).value(), hasher.hash(Secret("pass")).value());
}

TEST(PasswordHasher, VerifiesHashesOfOtherCosts) {
  const auto hash = PasswordHasher({.passes = 3, .memory_kib = 16}).hash(Secret("pass")).value();
  EXPECT_TRUE(PasswordHasher(kCheap).verify(hash, Secret("pass")));
}

TEST(PasswordHasher, TakesNothingButAHash) {
  const PasswordHasher hasher(kCheap);
  for (const std::string& text :
       {std::string(), std::string("plain"), std::string("$argon2id$"), std::string(1000, '$')}) {
    EXPECT_FALSE(hasher.verify(text, Secret("plain")));
    EXPECT_FALSE(hasher.verify(text, Secret("")));
  }
}

TEST(PasswordHasher, HasADummyOfItsOwnCostThatNothingFits) {
  const PasswordHasher hasher({.passes = 2, .memory_kib = 64});
  const auto real = hasher.hash(Secret("x")).value();
  const std::string& dummy = hasher.dummy_hash();
  EXPECT_EQ(dummy.substr(0, dummy.find(",p=1$")), real.substr(0, real.find(",p=1$")));
  EXPECT_EQ(dummy.size(), real.size());
  EXPECT_FALSE(hasher.verify(dummy, Secret("")));
}

TEST(GeneratePassword, IsLongAndNeverTheSame) {
  const Secret one = generate_password();
  EXPECT_EQ(one.reveal().size(), 22u);
  EXPECT_NE(one.reveal(), generate_password().reveal());
}

}  // namespace
}  // namespace propylon::auth
