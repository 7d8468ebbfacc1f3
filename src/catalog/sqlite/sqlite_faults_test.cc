// The catalog on a real file system that is full, and read by who may not change it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "catalog/sqlite/sqlite_catalog.h"
#include "catalog/sqlite/sqlite_copy.h"
#include "core/bytes.h"
#include "core/small_disk.h"
#include "core/temporary_directory.h"

namespace propylon::catalog {
namespace {

namespace fs = std::filesystem;

TEST(SqliteCatalogOnASmallDisk, RefusesWhatItCannotStoreAndKeepsTheStateBefore) {
  const auto disk = SmallDisk::mount(2 * kMiB);
  if (!disk) GTEST_SKIP() << "needs the right to mount a tmpfs";
  const fs::path file = disk->path() / "catalog.db";
  const std::string body(4000, 'x');
  std::vector<Document> before;
  {
    const auto catalog = open_sqlite_catalog(file).value();
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(catalog->create(Kind::kUser, kDefaultAccount, std::to_string(i), body));
    }
    ASSERT_TRUE(disk->fill());
    for (int i = 20;; ++i) {  // what the write-ahead log had room for is stored
      const auto created = catalog->create(Kind::kUser, kDefaultAccount, std::to_string(i), body);
      if (created) continue;
      EXPECT_EQ(created.error().code, ErrorCode::kStorageFull) << created.error().message;
      break;
    }
    before = catalog->list(Kind::kUser).value();
    EXPECT_GE(before.size(), 20u);
    const auto& name = before.front().name;
    const auto replaced = catalog->replace(Kind::kUser, kDefaultAccount, name, std::string(90'000, 'y'), 0);
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, ErrorCode::kStorageFull) << replaced.error().message;
    EXPECT_EQ(catalog->list(Kind::kUser).value(), before) << "also for who goes on with it";
  }
  disk->empty();
  const auto catalog = open_sqlite_catalog(file).value();
  EXPECT_EQ(catalog->list(Kind::kUser).value(), before);
  ASSERT_TRUE(catalog->remove(Kind::kUser, kDefaultAccount, before.front().name, 0));
  EXPECT_TRUE(catalog->create(Kind::kUser, kDefaultAccount, "again", body));
}

class CatalogCopy : public testing::Test {
 protected:
  fs::path file() const { return directory_.path() / "catalog.db"; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()));
  }

  TemporaryDirectory directory_;
};

TEST_F(CatalogCopy, HoldsWhatOnlyTheWriteAheadLogHasAndLeavesTheOriginalAlone) {
  const auto original = open_sqlite_catalog(file()).value();  // open: its write-ahead log is not yet in the file
  const Document bob = original->create(Kind::kUser, kDefaultAccount, "bob", "{}").value();
  const std::size_t before = files();
  const auto size = fs::file_size(file());
  const auto copy = open_sqlite_catalog_copy(file());
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ((*copy)->find(Kind::kUser, kDefaultAccount, "bob").value(), bob);
  EXPECT_EQ((*copy)->store_uuid(), original->store_uuid());
  EXPECT_EQ((*copy)->highest_id().value(), original->highest_id().value());
  ASSERT_TRUE((*copy)->remove(Kind::kUser, kDefaultAccount, "bob", 0));
  EXPECT_TRUE(original->find(Kind::kUser, kDefaultAccount, "bob").value()) << "what is done to the copy is lost";
  EXPECT_EQ(files(), before);
  EXPECT_EQ(fs::file_size(file()), size);
}

TEST_F(CatalogCopy, IsNotMadeOfWhatIsNoCatalog) {
  EXPECT_EQ(open_sqlite_catalog_copy(file()).error().code, ErrorCode::kIo);
  EXPECT_EQ(files(), 0u) << "nothing is made where nothing was";
  std::ofstream(file()) << "";
  EXPECT_EQ(open_sqlite_catalog_copy(file()).error().code, ErrorCode::kDamaged);
  std::ofstream(file()) << std::string(10'000, 'x');
  const auto refused = open_sqlite_catalog_copy(file());
  EXPECT_EQ(refused.error().code, ErrorCode::kDamaged);
  EXPECT_EQ(refused.error().message.find("propylon-catalog-XX"), std::string::npos);
}

}  // namespace
}  // namespace propylon::catalog
