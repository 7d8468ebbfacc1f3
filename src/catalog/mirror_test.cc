#include "catalog/mirror.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "catalog/memory_catalog.h"

namespace propylon::catalog {
namespace {

constexpr AccountId kOne{1}, kTwo{2};

struct Note {
  std::string name;
  std::string text;
};

Result<Note> read_note(const Document& document) {
  if (document.body == "bad") return fail(ErrorCode::kDamaged, document.name + " cannot be read.");
  return Note{document.name, document.body};
}

std::uint64_t length(const Note& note) { return note.text.size(); }

class MirrorTest : public testing::Test {
 protected:
  Document create(std::string_view name, AccountId account = kOne, std::string body = "12345") {
    return catalog_.create(Kind::kUser, account, name, std::move(body)).value();
  }
  void replace(std::string_view name, std::string body) {
    ASSERT_TRUE(catalog_.replace(Kind::kUser, kOne, name, std::move(body), 0));
  }
  Mirror<Note> open() { return Mirror<Note>::open(catalog_, Kind::kUser, read_note, length).value(); }

  MemoryCatalog catalog_;
};

TEST_F(MirrorTest, HasWhatIsThereAtTheStartAndFollowsEachChange) {
  create("old");
  const auto mirror = open();
  ASSERT_TRUE(mirror.find(kOne, "old"));
  EXPECT_FALSE(mirror.find(kTwo, "old"));
  EXPECT_FALSE(mirror.find(kOne, "Old"));
  std::uint64_t version = mirror.version();
  const auto grew = [&] { return std::exchange(version, mirror.version()) < mirror.version(); };

  create("new");
  EXPECT_TRUE(grew());
  const auto before = mirror.find(kOne, "new");
  ASSERT_TRUE(before);
  replace("new", "other");
  EXPECT_TRUE(grew());
  EXPECT_EQ(mirror.find(kOne, "new")->text, "other");
  EXPECT_EQ(before->text, "12345") << "what was given out does not change";
  ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "new", 0));
  EXPECT_TRUE(grew());
  EXPECT_FALSE(mirror.find(kOne, "new"));
}

TEST_F(MirrorTest, IsNotConcernedWithOtherKinds) {
  ASSERT_TRUE(catalog_.create(Kind::kSchema, kOne, "before", ""));
  const auto mirror = open();
  const std::uint64_t version = mirror.version();
  ASSERT_TRUE(catalog_.create(Kind::kSchema, kOne, "after", ""));
  EXPECT_EQ(mirror.version(), version);
  EXPECT_EQ(mirror.totals().values, 0U);
}

TEST_F(MirrorTest, DoesNotOpenWithADocumentThatCannotBeReadAndTakesOneAwayThatBecomesSo) {
  create("a");
  const auto mirror = open();
  const std::uint64_t version = mirror.version();
  replace("a", "bad");
  EXPECT_FALSE(mirror.find(kOne, "a"));
  EXPECT_GT(mirror.version(), version);
  const auto refused = Mirror<Note>::open(catalog_, Kind::kUser, read_note);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDamaged);
  EXPECT_EQ(refused.error().message, "a cannot be read.");
  create("b", kOne, "bad");
  EXPECT_FALSE(mirror.find(kOne, "b"));
  replace("a", "good");
  EXPECT_EQ(mirror.find(kOne, "a")->text, "good");
}

TEST_F(MirrorTest, GivesPagesInTheOrderOfTheNamesOfOneAccount) {
  for (const char* name : {"b", "a", "B", "ab", "abc", "c"}) create(name);
  create("a2", kTwo);
  const auto mirror = open();
  const auto names = [&](const PageRequest& request) {
    std::string text;
    const auto page = mirror.page(kOne, request);
    for (const auto& note : page.items) text += note->name + " ";
    return text + (page.more ? "more" : "end");
  };
  EXPECT_EQ(names({}), "B a ab abc b c end");
  EXPECT_EQ(names({.limit = 6}), "B a ab abc b c end");
  EXPECT_EQ(names({.limit = 5}), "B a ab abc b more");
  EXPECT_EQ(names({.after = "ab", .limit = 2}), "abc b more");
  EXPECT_EQ(names({.after = "aa", .limit = 1}), "ab more");
  EXPECT_EQ(names({.after = "c", .limit = 1}), "end");
  EXPECT_EQ(names({.prefix = "a"}), "a ab abc end");
  EXPECT_EQ(names({.prefix = "a", .after = "a", .limit = 1}), "ab more");
  EXPECT_EQ(names({.prefix = "a", .after = "b", .limit = 1}), "end");
  EXPECT_EQ(names({.prefix = "ab", .after = "B", .limit = 2}), "ab abc end");
  EXPECT_EQ(names({.prefix = "d"}), "end");
}

TEST_F(MirrorTest, AsksTheValuesOfOneAccountUntilOneHolds) {
  for (const char* name : {"a", "b", "c"}) create(name);
  create("d", kTwo);
  const auto mirror = open();
  std::string asked;
  const auto is = [&](std::string_view name) {
    asked.clear();
    return mirror.any_of(kOne, [&](const Note& note) {
      asked += note.name;
      return note.name == name;
    });
  };
  EXPECT_TRUE(is("b"));
  EXPECT_EQ(asked, "ab");
  EXPECT_FALSE(is("d"));
  EXPECT_EQ(asked, "abc");
  EXPECT_FALSE(mirror.any_of(AccountId{3}, [](const Note&) { return true; }));
}

TEST_F(MirrorTest, CountsAndWeighsTheValuesOfAllAccounts) {
  create("a");
  const auto mirror = open();
  const auto expect = [&](std::size_t values, std::uint64_t weight) {
    EXPECT_EQ(mirror.totals().values, values);
    EXPECT_EQ(mirror.totals().weight, weight);
  };
  create("b");
  create("b", kTwo);
  expect(3, 15);
  replace("a", "1");
  expect(3, 11);
  replace("a", "bad");
  expect(2, 10);
  replace("a", "123");
  ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "b", 0));
  expect(2, 8);
  const auto light = Mirror<Note>::open(catalog_, Kind::kUser, read_note).value();
  EXPECT_EQ(light.totals().values, 2U);
  EXPECT_EQ(light.totals().weight, 0U);
}

TEST_F(MirrorTest, MayGoBeforeTheCatalog) {
  {
    const auto mirror = open();
  }
  create("a");
}

TEST_F(MirrorTest, ShowsAChangeBeforeItsVersion) {
  const auto mirror = open();
  constexpr std::uint64_t kChanges = 200;
  const std::uint64_t first = mirror.version();
  const std::jthread writer([&] {
    for (std::uint64_t i = 0; i < kChanges; ++i) create(std::to_string(i));
  });
  for (std::uint64_t seen = 0; seen < kChanges; seen = mirror.version() - first) {
    if (seen > 0) {
      ASSERT_TRUE(mirror.find(kOne, std::to_string(seen - 1)));
    }
  }
}

// A list that is old when it is given: what `meanwhile` does comes after it.
class SlowList final : public Catalog {
 public:
  SlowList(MemoryCatalog& catalog, std::function<void()> meanwhile)
      : catalog_(catalog), meanwhile_(std::move(meanwhile)) {}

  std::string store_uuid() const override { return catalog_.store_uuid(); }
  Result<std::uint64_t> highest_id() override { return catalog_.highest_id(); }
  Result<std::vector<Document>> list(Kind kind) override {
    auto documents = catalog_.list(kind);
    meanwhile_();
    return documents;
  }
  Result<std::optional<Document>> find(Kind kind, AccountId account, std::string_view name) override {
    return catalog_.find(kind, account, name);
  }
  Result<Document> create(Kind kind, AccountId account, std::string_view name, std::string body) override {
    return catalog_.create(kind, account, name, std::move(body));
  }
  Result<Document> replace(Kind kind, AccountId account, std::string_view name, std::string body,
                           std::uint64_t revision) override {
    return catalog_.replace(kind, account, name, std::move(body), revision);
  }
  Result<void> remove(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) override {
    return catalog_.remove(kind, account, name, revision);
  }
  void watch(Kind kind, std::function<void(const Change&)> changed) override {
    catalog_.watch(kind, std::move(changed));
  }

 private:
  MemoryCatalog& catalog_;
  const std::function<void()> meanwhile_;
};

TEST_F(MirrorTest, MissesNothingThatChangesWhileItOpens) {
  for (const char* name : {"changed", "removed", "spoilt", "same"}) create(name);
  SlowList slow(catalog_, [&] {
    replace("changed", "123");
    ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "removed", 0));
    replace("spoilt", "bad");
    create("new", kOne, "1");
    create("short-lived");
    ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "short-lived", 0));
  });
  const auto mirror = Mirror<Note>::open(slow, Kind::kUser, read_note, length).value();
  EXPECT_EQ(mirror.find(kOne, "changed")->text, "123");
  EXPECT_FALSE(mirror.find(kOne, "removed"));
  EXPECT_FALSE(mirror.find(kOne, "spoilt"));
  EXPECT_TRUE(mirror.find(kOne, "same"));
  EXPECT_TRUE(mirror.find(kOne, "new"));
  EXPECT_EQ(mirror.page(kOne, {}).items.size(), 3U);
  EXPECT_EQ(mirror.totals().values, 3U);
  EXPECT_EQ(mirror.totals().weight, 9U);
}

}  // namespace
}  // namespace propylon::catalog
