#include "catalog/sqlite/sqlite_schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace propylon::catalog {
namespace {

constexpr int kBusyTimeoutMs = 5000;
// Marks the file as ours, so that another program's database is not taken for an old one of our own ("PPLN").
constexpr int kApplicationId = 0x50504C4E;

constexpr const char* kTables = R"(
  CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    uuid TEXT NOT NULL,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    account INTEGER NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (kind, account, name)
  ) STRICT;
)";

// Version 4 of RFC 4122.
Result<std::string> make_uuid() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail(ErrorCode::kIo, "The operating system gives no random numbers.");
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back("0123456789abcdef"[bytes[i] >> 4]);
    text.push_back("0123456789abcdef"[bytes[i] & 15]);
  }
  return text;
}

// The name of a new file is as durable as what will be written into it.
Result<void> sync_directory_of(const std::filesystem::path& file) {
  const auto directory = std::filesystem::absolute(file).parent_path();
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int code = errno;
  if (fd >= 0) ::close(fd);
  if (!synced) return fail(ErrorCode::kIo, "Cannot sync " + directory.string() + ": " + std::strerror(code));
  return {};
}

// SQLite makes its -wal and -shm files with the rights of the main file, so it has to be ours before it is SQLite's.
Result<void> make_private_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(ErrorCode::kIo, "Cannot open " + file.string() + ": " + std::strerror(errno));
  const int restricted = ::fchmod(fd, 0600);
  const int code = errno;
  ::close(fd);
  if (restricted != 0) return fail(ErrorCode::kIo, "Cannot restrict " + file.string() + ": " + std::strerror(code));
  return sync_directory_of(file);
}

Result<std::uint64_t> pragma_number(sqlite3* database, const char* sql) {
  Statement statement = PPL_TRY(Statement::prepare(database, sql));
  (void)PPL_TRY(statement.step());
  return statement.number(0);
}

Result<void> check_whole(sqlite3* database, const std::filesystem::path& file) {
  Statement check = PPL_TRY(Statement::prepare(database, "PRAGMA quick_check(1)"));
  const bool row = PPL_TRY(check.step());
  if (row && check.text(0) == "ok") return {};
  return fail(ErrorCode::kDamaged,
              "The catalog " + file.string() + " is damaged: " + check.text(0) + ". Restore it from a backup.");
}

Result<void> make_tables(sqlite3* database) {
  Transaction transaction = PPL_TRY(Transaction::begin(database));
  PPL_CHECK(execute(database, kTables));
  const std::string uuid = PPL_TRY(make_uuid());
  Statement store = PPL_TRY(Statement::prepare(database, "INSERT INTO store VALUES (1, ?1, 0)"));
  PPL_CHECK(store.bind_text(1, uuid).run());
  store.reset();
  const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(kSchemaVersion);
  PPL_CHECK(execute(database, marks.c_str()));
  return transaction.commit();
}

Result<void> check_version(sqlite3* database, const std::filesystem::path& file) {
  const auto version = PPL_TRY(pragma_number(database, "PRAGMA user_version"));
  const auto application = PPL_TRY(pragma_number(database, "PRAGMA application_id"));
  const auto tables = PPL_TRY(pragma_number(database, "SELECT count(*) FROM sqlite_schema"));
  if (version == 0 && application == 0 && tables == 0) return make_tables(database);
  if (application != kApplicationId)
    return fail(ErrorCode::kDamaged, "The file " + file.string() + " is no catalog of this program.");
  if (version == kSchemaVersion) return {};
  return fail(ErrorCode::kDamaged,
              "The catalog " + file.string() + " has version " + std::to_string(version) +
                  ", which this program does not know; use the one that wrote it, or a newer one.");
}

}  // namespace

Result<DatabaseHandle> open_database(const std::filesystem::path& file) {
  PPL_CHECK(make_private_file(file));
  sqlite3* raw = nullptr;
  const int code = ::sqlite3_open_v2(file.c_str(), &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
  DatabaseHandle database(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, "be opened");
  ::sqlite3_extended_result_codes(raw, 1);
  ::sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  PPL_CHECK(execute(raw, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF"));
  PPL_CHECK(check_whole(raw, file));
  PPL_CHECK(check_version(raw, file));
  return database;
}

}  // namespace propylon::catalog
