// What every Catalog must do, as tests: each backend's test instantiates this suite with its own maker.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catalog/catalog.h"

namespace propylon::catalog {

// Gives an empty catalog; the parameter of the suite.
struct CatalogMaker {
  std::string name;
  std::function<std::unique_ptr<Catalog>()> make;
};
inline void PrintTo(const CatalogMaker& maker, std::ostream* out) { *out << maker.name; }

class CatalogConformance : public testing::TestWithParam<CatalogMaker> {
 protected:
  std::unique_ptr<Catalog> catalog_ = GetParam().make();
  static constexpr AccountId kOne{1}, kTwo{2};
};

TEST_P(CatalogConformance, IsEmptyAtFirstAndHasAName) {
  EXPECT_EQ(catalog_->store_uuid().size(), 36u);
  EXPECT_EQ(catalog_->store_uuid(), catalog_->store_uuid());
  EXPECT_EQ(catalog_->highest_id().value(), 0u);
  EXPECT_TRUE(catalog_->list(Kind::kStation)->empty());
  EXPECT_EQ(catalog_->find(Kind::kStation, kOne, "x").value(), std::nullopt);
}

TEST_P(CatalogConformance, FindsWhatWasCreated) {
  const std::string body = std::string("{\"a\":\"\u00e9\"}\0x", 13);
  const auto made = catalog_->create(Kind::kStation, kOne, "orders", body);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->kind, Kind::kStation);
  EXPECT_EQ(made->account, kOne);
  EXPECT_EQ(made->name, "orders");
  EXPECT_EQ(made->body, body);
  EXPECT_EQ(made->id, 1u);
  EXPECT_GT(made->revision, 0u);
  EXPECT_EQ(catalog_->find(Kind::kStation, kOne, "orders").value(), *made);
  EXPECT_EQ(catalog_->highest_id().value(), 1u);
}

TEST_P(CatalogConformance, KeepsKindsAccountsAndCasesApart) {
  ASSERT_TRUE(catalog_->create(Kind::kStation, kOne, "x", "1"));
  ASSERT_TRUE(catalog_->create(Kind::kUser, kOne, "x", "2"));
  ASSERT_TRUE(catalog_->create(Kind::kStation, kTwo, "x", "3"));
  ASSERT_TRUE(catalog_->create(Kind::kStation, kOne, "X", "4"));
  EXPECT_EQ(catalog_->find(Kind::kStation, kOne, "x").value()->body, "1");
  EXPECT_EQ(catalog_->find(Kind::kUser, kOne, "x").value()->body, "2");
  EXPECT_EQ(catalog_->find(Kind::kStation, kTwo, "x").value()->body, "3");
  EXPECT_EQ(catalog_->find(Kind::kStation, kOne, "X").value()->body, "4");
  EXPECT_EQ(catalog_->find(Kind::kUser, kTwo, "x").value(), std::nullopt);
}

TEST_P(CatalogConformance, ListsAKindByAccountAndName) {
  for (const auto& [account, name] : {std::pair{kTwo, "a"}, {kOne, "b"}, {kOne, "a"}, {AccountId{10}, "a"}}) {
    ASSERT_TRUE(catalog_->create(Kind::kStation, account, name, "{}"));
  }
  ASSERT_TRUE(catalog_->create(Kind::kUser, kOne, "c", "{}"));
  std::vector<std::pair<std::uint64_t, std::string>> listed;
  const auto documents = catalog_->list(Kind::kStation).value();
  for (const auto& document : documents) listed.emplace_back(document.account.value, document.name);
  EXPECT_EQ(listed, (decltype(listed){{1, "a"}, {1, "b"}, {2, "a"}, {10, "a"}}));
}

TEST_P(CatalogConformance, RefusesToCreateTwiceAndChangesNothing) {
  const auto first = catalog_->create(Kind::kUser, kOne, "bob", "1");
  const auto second = catalog_->create(Kind::kUser, kOne, "bob", "2");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalog_->find(Kind::kUser, kOne, "bob").value(), *first);
}

TEST_P(CatalogConformance, ReplacesOnlyTheRevisionThatIsMeant) {
  const auto first = catalog_->create(Kind::kUser, kOne, "bob", "1").value();
  const auto second = catalog_->replace(Kind::kUser, kOne, "bob", "2", first.revision);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->id, first.id);
  EXPECT_GT(second->revision, first.revision);
  EXPECT_EQ(catalog_->find(Kind::kUser, kOne, "bob").value(), *second);

  const auto late = catalog_->replace(Kind::kUser, kOne, "bob", "3", first.revision);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalog_->find(Kind::kUser, kOne, "bob").value(), *second);

  const auto any = catalog_->replace(Kind::kUser, kOne, "bob", "4", 0);
  ASSERT_TRUE(any);
  EXPECT_EQ(any->body, "4");

  const auto missing = catalog_->replace(Kind::kUser, kOne, "eve", "5", 0);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalog_->find(Kind::kUser, kOne, "eve").value(), std::nullopt);
}

TEST_P(CatalogConformance, RemovesOnlyTheRevisionThatIsMeantAndNeverUsesAnIdAgain) {
  const auto first = catalog_->create(Kind::kStation, kOne, "orders", "1").value();
  const auto wrong = catalog_->remove(Kind::kStation, kOne, "orders", first.revision + 1);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kConflict);
  ASSERT_TRUE(catalog_->remove(Kind::kStation, kOne, "orders", first.revision));
  EXPECT_EQ(catalog_->find(Kind::kStation, kOne, "orders").value(), std::nullopt);
  const auto again = catalog_->remove(Kind::kStation, kOne, "orders", 0);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalog_->highest_id().value(), first.id);
  const auto second = catalog_->create(Kind::kStation, kOne, "orders", "2").value();
  EXPECT_GT(second.id, first.id);
  EXPECT_GT(second.revision, first.revision + 1);
}

TEST_P(CatalogConformance, TellsWatchersEachChangeOfTheirKindInOrderBeforeTheCallReturns) {
  std::vector<Change> users;
  std::vector<Change> stations;
  catalog_->watch(Kind::kUser, [&](const Change& change) { users.push_back(change); });
  catalog_->watch(Kind::kStation, [&](const Change& change) { stations.push_back(change); });
  const auto made = catalog_->create(Kind::kUser, kOne, "bob", "1").value();
  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0].what, Change::What::kPut);
  EXPECT_EQ(users[0].document, made);
  const auto changed = catalog_->replace(Kind::kUser, kOne, "bob", "2", 0).value();
  ASSERT_EQ(users.size(), 2u);
  EXPECT_EQ(users[1].document, changed);
  ASSERT_FALSE(catalog_->create(Kind::kUser, kOne, "bob", "3"));
  ASSERT_FALSE(catalog_->replace(Kind::kUser, kOne, "bob", "3", 999));
  ASSERT_FALSE(catalog_->remove(Kind::kUser, kOne, "eve", 0));
  EXPECT_EQ(users.size(), 2u);
  ASSERT_TRUE(catalog_->remove(Kind::kUser, kOne, "bob", 0));
  ASSERT_EQ(users.size(), 3u);
  EXPECT_EQ(users[2].what, Change::What::kRemoved);
  EXPECT_EQ(users[2].document.body, "2");
  EXPECT_EQ(users[2].document.id, made.id);
  EXPECT_GT(users[2].document.revision, changed.revision);
  EXPECT_TRUE(stations.empty());
}

TEST_P(CatalogConformance, LetsOneOfManyWinAndTellsRevisionsInOrder) {
  std::vector<std::uint64_t> revisions;
  catalog_->watch(Kind::kStation, [&](const Change& change) { revisions.push_back(change.document.revision); });
  std::atomic<int> won = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        if (catalog_->create(Kind::kStation, kOne, "same", "{}")) ++won;
        for (int n = 0; n < 5; ++n) {
          EXPECT_TRUE(catalog_->create(Kind::kStation, kOne, "s" + std::to_string(i) + "-" + std::to_string(n), "{}"));
        }
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(revisions.size(), 21u);
  EXPECT_TRUE(std::ranges::adjacent_find(revisions, std::greater_equal<>()) == revisions.end());
  EXPECT_EQ(catalog_->list(Kind::kStation)->size(), 21u);
}

}  // namespace propylon::catalog
