// SQLite's handles as objects, and its failures as Errors.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace propylon::catalog {

struct CloseDatabase {
  void operator()(sqlite3* database) const;
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

// The last failure on a connection, as kBusy, kDamaged, kConflict (a constraint), kStorageFull or kIo.
std::unexpected<Error> sqlite_error(sqlite3* database, std::string_view what);

// Runs statements that give no rows.
Result<void> execute(sqlite3* database, const char* sql);

// A prepared statement: bind, step row by row, reset. The database must outlive it. Thread: caller serialises.
class Statement final {
 public:
  Statement() = default;
  static Result<Statement> prepare(sqlite3* database, std::string_view sql);

  // Parameters count from 1. Text and blobs are views that must live until reset().
  Statement& bind(int index, std::uint64_t value);
  Statement& bind_text(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  // True when there is a row, false at the end.
  Result<bool> step();
  // For statements without rows of interest: runs to the end.
  Result<void> run();
  // Ends the read that the statement holds open, and forgets the parameters.
  void reset();

  // Columns count from 0.
  std::uint64_t number(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement at the end of its use, whichever way that comes.
class StatementUse final {
 public:
  explicit StatementUse(Statement& statement) : statement_(statement) {}
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  ~StatementUse() { statement_.reset(); }
  Statement* operator->() const { return &statement_; }

 private:
  Statement& statement_;
};

// BEGIN IMMEDIATE; rolls back unless committed.
class Transaction final {
 public:
  static Result<Transaction> begin(sqlite3* database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // Errors: kOutcomeUnknown: it is rolled back here, but whoever opens the file next may find it. kStorageFull, kBusy:
  // nothing was written.
  Result<void> commit();

 private:
  explicit Transaction(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

}  // namespace propylon::catalog
