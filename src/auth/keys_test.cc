#include "auth/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/temporary_directory.h"

namespace propylon::auth {
namespace {

namespace fs = std::filesystem;

class Keys : public testing::Test {
 protected:
  fs::path access() const { return directory_ / "keys" / "access.key"; }

  TemporaryDirectory owned_;
  const fs::path directory_ = owned_.path();
};

TEST_F(Keys, AreMadeOnceAndKept) {
  const auto first = load_or_make_keys(directory_, {}, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->access.reveal().size(), 32u);
  EXPECT_NE(first->access.reveal(), first->refresh.reveal());
  const auto second = load_or_make_keys(directory_, {}, {});
  EXPECT_EQ(second->access.reveal(), first->access.reveal());
  EXPECT_EQ(second->refresh.reveal(), first->refresh.reveal());
}

TEST_F(Keys, AreReadableByTheOwnerAlone) {
  ASSERT_TRUE(load_or_make_keys(directory_, {}, {}));
  constexpr fs::perms kOwner = fs::perms::owner_read | fs::perms::owner_write;
  EXPECT_EQ(fs::status(access()).permissions(), kOwner);
  EXPECT_EQ(fs::status(directory_ / "keys").permissions(), fs::perms::owner_all);
  fs::permissions(access(), fs::perms::all);
  ASSERT_TRUE(load_or_make_keys(directory_, {}, {}));
  EXPECT_EQ(fs::status(access()).permissions(), kOwner) << "rights that were widened are taken back";
}

TEST_F(Keys, ComeFromTheConfigurationWhenTheyStandThere) {
  const auto keys = load_or_make_keys(directory_, Secret("a"), Secret("b"));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access.reveal(), "a");
  EXPECT_EQ(keys->refresh.reveal(), "b");
  EXPECT_FALSE(fs::exists(directory_ / "keys"));
  const auto mixed = load_or_make_keys(directory_, Secret("a"), {});
  EXPECT_EQ(mixed->access.reveal(), "a");
  EXPECT_EQ(mixed->refresh.reveal().size(), 32u);
  EXPECT_FALSE(fs::exists(access()));
}

TEST_F(Keys, ReplaceAnUnfinishedFileOfACrash) {
  fs::create_directory(directory_ / "keys");
  {
    std::ofstream(access().string() + ".tmp") << "hal";
  }
  ASSERT_TRUE(load_or_make_keys(directory_, {}, {}));
  EXPECT_FALSE(fs::exists(access().string() + ".tmp"));
}

TEST_F(Keys, AreRefusedWhenTheFileHoldsNone) {
  ASSERT_TRUE(load_or_make_keys(directory_, {}, {}));
  for (const std::string& text : {std::string(), std::string("short"), std::string(43, '!'),
                                  std::string(43, 'A') + "\n\n", std::string(5000, 'A')}) {
    {
      std::ofstream(access()) << text;
    }
    const auto keys = load_or_make_keys(directory_, {}, {});
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().code, ErrorCode::kDamaged);
    std::ifstream file(access());
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text)
        << "a key that cannot be read is never overwritten";
  }
}

TEST_F(Keys, NeedADirectoryThatExists) {
  const auto keys = load_or_make_keys(directory_ / "missing", {}, {});
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace propylon::auth
