#include "catalog/change_document.h"

#include <gtest/gtest.h>

#include "catalog/memory_catalog.h"

namespace propylon::catalog {
namespace {

using Body = std::optional<std::string>;
using Current = const std::optional<Document>&;

class ChangeDocument : public testing::Test {
 protected:
  Result<std::optional<Document>> change(const Decide& decide) {
    return change_document(catalog_, Kind::kUser, kDefaultAccount, "bob", decide);
  }
  // Whatever is there.
  Result<std::optional<Document>> make(Body body) {
    return change([&](Current) { return body; });
  }
  std::optional<Document> stored() { return catalog_.find(Kind::kUser, kDefaultAccount, "bob").value(); }

  MemoryCatalog catalog_;
};

TEST_F(ChangeDocument, CreatesReplacesAndRemovesByWhatIsThere) {
  std::vector<Body> seen;
  const auto turn_into = [&](Body body) {
    return change([&](Current current) {
             seen.push_back(current ? Body(current->body) : std::nullopt);
             return body;
           })
        .value();
  };
  const auto made = turn_into("1");
  EXPECT_EQ(made, stored());
  EXPECT_EQ(made->body, "1");
  const auto changed = turn_into("2");
  EXPECT_EQ(changed, stored());
  EXPECT_EQ(changed->id, made->id);
  EXPECT_EQ(turn_into(std::nullopt), std::nullopt);
  EXPECT_EQ(stored(), std::nullopt);
  EXPECT_EQ(seen, (std::vector<Body>{std::nullopt, "1", "2"}));
}

TEST_F(ChangeDocument, WritesNothingWhereNothingChanges) {
  int changes = 0;
  catalog_.watch(Kind::kUser, [&](const Change&) { ++changes; });
  EXPECT_EQ(make(std::nullopt).value(), std::nullopt);
  EXPECT_EQ(changes, 0);
  const auto made = make("1").value();
  EXPECT_EQ(make("1").value(), made);
  EXPECT_EQ(changes, 1);
}

TEST_F(ChangeDocument, TellsTheRefusalOfWhoDecidesAndAsksHimOnce) {
  make("1").value();
  int asked = 0;
  const auto refused = change([&](Current) -> Result<Body> {
    ++asked;
    return fail(ErrorCode::kConflict, "Not this one.");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Not this one.");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(stored()->body, "1");
}

// Whoever decides is the one who is faster: what he does to the catalog comes between the look and the change.
TEST_F(ChangeDocument, DecidesAgainByWhatSomebodyElseMadeOfIt) {
  make("1").value();
  std::vector<std::string> seen;
  const auto changed = change([&](Current current) -> Result<Body> {
    seen.push_back(current->body);
    if (seen.size() < 3) PPL_CHECK(catalog_.replace(Kind::kUser, kDefaultAccount, "bob", current->body + "!", 0));
    return current->body + "?";
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "1!", "1!!"}));
  EXPECT_EQ(stored()->body, "1!!?");
}

TEST_F(ChangeDocument, LosesTheRaceOfACreationAndOfARemovalToo) {
  const auto created = change([&](Current current) -> Result<Body> {
    if (current) return current->body + "?";
    PPL_CHECK(catalog_.create(Kind::kUser, kDefaultAccount, "bob", "1"));
    return "2";
  });
  EXPECT_EQ(created.value()->body, "1?");
  const auto removed = change([&](Current current) -> Result<Body> {
    if (current) PPL_CHECK(catalog_.remove(Kind::kUser, kDefaultAccount, "bob", 0));
    return std::nullopt;
  });
  EXPECT_EQ(removed.value(), std::nullopt);
}

TEST_F(ChangeDocument, GivesUpWhenSomebodyElseIsAlwaysFasterAndChangesNothing) {
  make("1").value();
  int asked = 0;
  for (const Body& wanted : {Body("mine"), Body()}) {
    const auto refused = change([&](Current) -> Result<Body> {
      PPL_CHECK(catalog_.replace(Kind::kUser, kDefaultAccount, "bob", "theirs", 0));
      ++asked;
      return wanted;
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_EQ(refused.error().message, "Somebody else changes \"bob\" at the same time.");
    EXPECT_EQ(stored()->body, "theirs");
  }
  EXPECT_EQ(asked, 6);
}

TEST_F(ChangeDocument, TellsWhenTheCatalogFails) {
  int asked = 0;
  for (const auto code : {ErrorCode::kIo, ErrorCode::kStorageFull}) {
    catalog_.fail_next_change({code, "The disk is gone.", {}, 0});
    const auto failed = change([&](Current) {
      ++asked;
      return Body("1");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, code);
    EXPECT_EQ(stored(), std::nullopt);
  }
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace propylon::catalog
