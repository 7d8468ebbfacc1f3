#include "catalog/sqlite/sqlite_catalog.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "catalog/catalog_conformance.h"
#include "catalog/sqlite/sqlite_handle.h"
#include "core/temporary_directory.h"

namespace propylon::catalog {
namespace {

namespace fs = std::filesystem;

class CatalogDirectory {
 public:
  fs::path file() const { return directory_.path() / "catalog.db"; }

 private:
  TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogConformance,
                         testing::Values(CatalogMaker{"sqlite", [] {
                                                        // SQLite keeps using the files that it holds open after their
                                                        // directory is gone.
                                                        const CatalogDirectory directory;
                                                        return open_sqlite_catalog(directory.file()).value();
                                                      }}));

void run_sql(const fs::path& file, const char* sql) {
  sqlite3* raw = nullptr;
  ASSERT_EQ(::sqlite3_open(file.c_str(), &raw), SQLITE_OK);
  const DatabaseHandle database(raw);
  ASSERT_EQ(::sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK) << ::sqlite3_errmsg(raw);
}

TEST(SqliteCatalog, KeepsDocumentsIdsRevisionsAndItsNameOverARestart) {
  const CatalogDirectory directory;
  std::string uuid;
  Document kept, removed;
  {
    const auto catalog = open_sqlite_catalog(directory.file()).value();
    uuid = catalog->store_uuid();
    kept = catalog->create(Kind::kUser, kDefaultAccount, "bob", "{}").value();
    removed = catalog->create(Kind::kUser, kDefaultAccount, "eve", "{}").value();
    ASSERT_TRUE(catalog->remove(Kind::kUser, kDefaultAccount, "eve", 0));
  }
  const auto catalog = open_sqlite_catalog(directory.file()).value();
  EXPECT_EQ(catalog->store_uuid(), uuid);
  EXPECT_EQ(catalog->find(Kind::kUser, kDefaultAccount, "bob").value(), kept);
  EXPECT_EQ(catalog->highest_id().value(), removed.id);
  const auto next = catalog->create(Kind::kUser, kDefaultAccount, "eve", "{}").value();
  EXPECT_GT(next.id, removed.id);
  EXPECT_GT(next.revision, removed.revision + 1);
}

TEST(SqliteCatalog, GivesEachStoreAnotherName) {
  const CatalogDirectory one, two;
  EXPECT_NE(open_sqlite_catalog(one.file()).value()->store_uuid(),
            open_sqlite_catalog(two.file()).value()->store_uuid());
}

TEST(SqliteCatalog, KeepsItsFilesFromOthers) {
  const CatalogDirectory directory;
  {
    std::ofstream(directory.file()) << "";
  }
  fs::permissions(directory.file(), fs::perms::all);
  const auto catalog = open_sqlite_catalog(directory.file()).value();
  ASSERT_TRUE(catalog->create(Kind::kUser, kDefaultAccount, "bob", "{}"));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(directory.file().parent_path())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2);
}

TEST(SqliteCatalog, RefusesAFileThatIsNoCatalog) {
  const CatalogDirectory directory;
  {
    std::ofstream(directory.file()) << std::string(8192, 'x');
  }
  const auto garbage = open_sqlite_catalog(directory.file());
  ASSERT_FALSE(garbage);
  EXPECT_EQ(garbage.error().code, ErrorCode::kDamaged);

  const CatalogDirectory other;
  run_sql(other.file(), "CREATE TABLE somebody_elses (x)");
  const auto foreign = open_sqlite_catalog(other.file());
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kDamaged);
  EXPECT_NE(foreign.error().message.find(other.file().string()), std::string::npos);
}

TEST(SqliteCatalog, RefusesANewerVersion) {
  const CatalogDirectory directory;
  (void)open_sqlite_catalog(directory.file()).value();
  run_sql(directory.file(), "PRAGMA user_version = 99");
  const auto newer = open_sqlite_catalog(directory.file());
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kDamaged);
  EXPECT_NE(newer.error().message.find("version 99"), std::string::npos) << newer.error().message;
}

TEST(SqliteCatalog, RefusesADamagedPage) {
  const CatalogDirectory directory;
  {
    const auto catalog = open_sqlite_catalog(directory.file()).value();
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(catalog->create(Kind::kStation, kDefaultAccount, "s" + std::to_string(i), std::string(500, 'x')));
    }
  }
  {
    std::fstream file(directory.file(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(directory.file()));
    for (std::streamoff page = 4096; page < size; page += 4096) file.seekp(page) << std::string(64, '\x5a');
  }
  const auto damaged = open_sqlite_catalog(directory.file());
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kDamaged);
}

TEST(SqliteCatalog, RefusesADirectoryThatDoesNotExist) {
  const auto missing = open_sqlite_catalog("/nonexistent-directory/catalog.db");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace propylon::catalog
