#include "schema/registry/schema_directory.h"

#include <gtest/gtest.h>

#include "catalog/memory_catalog.h"

namespace propylon::schema::registry {
namespace {

using catalog::Kind;

class SchemaDirectoryTest : public testing::Test {
 protected:
  static std::string body(std::string definition) {
    Schema schema;
    schema.versions = {{.definition = std::move(definition)}};
    return to_catalog_body(schema);
  }
  catalog::Document create(std::string_view name, AccountId account = kDefaultAccount) {
    return catalog_.create(Kind::kSchema, account, name, body("12345")).value();
  }
  catalog::MemoryCatalog catalog_;
};

TEST_F(SchemaDirectoryTest, KnowsSchemasFromTheStartAndFollowsEachChange) {
  create("old");
  const auto directory = SchemaDirectory::open(catalog_).value();
  ASSERT_TRUE(directory->find(kDefaultAccount, "old"));
  EXPECT_FALSE(directory->find(AccountId{2}, "old"));

  std::uint64_t version = directory->version();
  const auto made = create("new");
  EXPECT_GT(directory->version(), version);
  ASSERT_TRUE(directory->find(kDefaultAccount, "new"));
  EXPECT_EQ(directory->find(kDefaultAccount, "new")->id, made.id);

  version = directory->version();
  const auto snapshot = directory->find(kDefaultAccount, "new");
  ASSERT_TRUE(catalog_.replace(Kind::kSchema, kDefaultAccount, "new", body("other"), 0));
  EXPECT_GT(directory->version(), version);
  EXPECT_EQ(directory->find(kDefaultAccount, "new")->versions[0].definition, "other");
  EXPECT_EQ(snapshot->versions[0].definition, "12345");

  version = directory->version();
  ASSERT_TRUE(catalog_.remove(Kind::kSchema, kDefaultAccount, "new", 0));
  EXPECT_GT(directory->version(), version);
  EXPECT_FALSE(directory->find(kDefaultAccount, "new"));
}

TEST_F(SchemaDirectoryTest, DoesNotOpenWithADamagedDocumentAndDropsASchemaThatBecomesOne) {
  create("orders");
  const auto directory = SchemaDirectory::open(catalog_).value();
  ASSERT_TRUE(catalog_.replace(Kind::kSchema, kDefaultAccount, "orders", "{}", 0));
  EXPECT_FALSE(directory->find(kDefaultAccount, "orders"));
  EXPECT_EQ(directory->totals().definition_bytes, 0U);
  const auto refused = SchemaDirectory::open(catalog_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDamaged);
}

TEST_F(SchemaDirectoryTest, CountsSchemasAndTheBytesOfTheirDefinitions) {
  create("a");
  const auto directory = SchemaDirectory::open(catalog_).value();
  create("b");
  create("b", AccountId{2});
  EXPECT_EQ(directory->totals().schemas, 3U);
  EXPECT_EQ(directory->totals().definition_bytes, 15U);
  ASSERT_TRUE(catalog_.replace(Kind::kSchema, kDefaultAccount, "a", body("1"), 0));
  EXPECT_EQ(directory->totals().definition_bytes, 11U);
  ASSERT_TRUE(catalog_.remove(Kind::kSchema, kDefaultAccount, "b", 0));
  EXPECT_EQ(directory->totals().schemas, 2U);
  EXPECT_EQ(directory->totals().definition_bytes, 6U);
}

TEST_F(SchemaDirectoryTest, GivesPages) {
  for (const char* name : {"b.2", "a", "b.1"}) create(name);
  const auto directory = SchemaDirectory::open(catalog_).value();
  const auto page = directory->page(kDefaultAccount, {.prefix = "b", .limit = 1});
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0]->name, "b.1");
  EXPECT_TRUE(page.more);
}

TEST_F(SchemaDirectoryTest, OnlyWhatExistsCanBeHeldOrReserved) {
  const auto directory = SchemaDirectory::open(catalog_).value();
  const SchemaRef orders{kDefaultAccount, "orders"};
  EXPECT_EQ(directory->hold(orders).error().code, ErrorCode::kSchemaNotFound);
  EXPECT_EQ(directory->reserve_removal(orders).error().code, ErrorCode::kSchemaNotFound);
  create("orders");
  {
    const auto hold = directory->hold(orders);
    ASSERT_TRUE(hold);
    EXPECT_EQ(directory->reserve_removal(orders).error().code, ErrorCode::kConflict);
  }
  const auto reserved = directory->reserve_removal(orders);
  ASSERT_TRUE(reserved);
  EXPECT_EQ(directory->hold(orders).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace propylon::schema::registry
