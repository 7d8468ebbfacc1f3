#include "catalog/sqlite/sqlite_handle.h"

#include <sqlite3.h>

#include <utility>

#include "core/assert.h"

namespace propylon::catalog {
namespace {

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_CONSTRAINT: return ErrorCode::kConflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kBusy;
    case SQLITE_FULL: return ErrorCode::kStorageFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::kDamaged;
    default: return ErrorCode::kIo;
  }
}

// The frame that makes a transaction count is the last one written to the write-ahead log; what fails behind it (the
// sync) leaves a transaction that the next start may find. A full disk fails in front of it: some frame was not taken.
Error outcome_of_commit(Error error) {
  const bool nothing_written = error.code == ErrorCode::kStorageFull || error.code == ErrorCode::kBusy;
  if (!nothing_written) error.code = ErrorCode::kOutcomeUnknown;
  return error;
}

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const { ::sqlite3_close_v2(database); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }

std::unexpected<Error> sqlite_error(sqlite3* database, std::string_view what) {
  return fail(code_of(::sqlite3_extended_errcode(database)),
              "The catalog cannot " + std::string(what) + ": " + ::sqlite3_errmsg(database));
}

Result<void> execute(sqlite3* database, const char* sql) {
  if (::sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return sqlite_error(database, "be changed");
  return {};
}

Result<Statement> Statement::prepare(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = ::sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &raw, nullptr);
  Statement statement(raw);
  if (code != SQLITE_OK) return sqlite_error(database, "be read");
  return statement;
}

Statement& Statement::bind(int index, std::uint64_t value) {
  PPL_ASSERT(::sqlite3_bind_int64(statement_.get(), index, static_cast<sqlite3_int64>(value)) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
  PPL_ASSERT(::sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8) ==
             SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  // A null pointer would be stored as NULL.
  const char* const data = bytes.empty() ? "" : bytes.data();
  PPL_ASSERT(::sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(::sqlite3_db_handle(statement_.get()), "be used");
}

Result<void> Statement::run() {
  for (bool more = true; more;) more = PPL_TRY(step());
  return {};
}

void Statement::reset() {
  ::sqlite3_reset(statement_.get());
  ::sqlite3_clear_bindings(statement_.get());
}

std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(::sqlite3_column_int64(statement_.get(), column));
}

std::string Statement::text(int column) const {
  const auto* const data = static_cast<const char*>(::sqlite3_column_blob(statement_.get(), column));
  const int size = ::sqlite3_column_bytes(statement_.get(), column);
  return data ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Result<Transaction> Transaction::begin(sqlite3* database) {
  PPL_CHECK(execute(database, "BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_) ::sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
  auto committed = execute(database_, "COMMIT");
  if (!committed) return std::unexpected(outcome_of_commit(std::move(committed).error()));
  database_ = nullptr;
  return {};
}

}  // namespace propylon::catalog
