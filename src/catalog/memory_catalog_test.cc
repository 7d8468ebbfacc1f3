#include "catalog/memory_catalog.h"

#include "catalog/catalog_conformance.h"

namespace propylon::catalog {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, CatalogConformance,
                         testing::Values(CatalogMaker{"memory", [] { return std::make_unique<MemoryCatalog>(); }}));

TEST(MemoryCatalog, FailsTheNextChangeOnceAndChangesNothing) {
  MemoryCatalog catalog;
  catalog.fail_next_change({ErrorCode::kIo, "The disk is gone.", {}, 0});
  const auto refused = catalog.create(Kind::kUser, kDefaultAccount, "bob", "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_TRUE(catalog.list(Kind::kUser)->empty());
  EXPECT_TRUE(catalog.create(Kind::kUser, kDefaultAccount, "bob", "{}"));
}

}  // namespace
}  // namespace propylon::catalog
