#include "catalog/sqlite/sqlite_catalog.h"

#include <sqlite3.h>

#include <mutex>
#include <utility>

#include "catalog/sqlite/sqlite_handle.h"
#include "catalog/sqlite/sqlite_schema.h"
#include "core/thread_annotations.h"

namespace propylon::catalog {
namespace {

constexpr const char* kColumns = "SELECT kind, account, name, id, revision, body FROM documents ";

struct Statements {
  Statement list, find, insert, update, remove, next_revision, highest_id;
};

Result<Statements> prepare_all(sqlite3* database) {
  const auto prepare = [database](const std::string& sql) { return Statement::prepare(database, sql); };
  const std::string columns = kColumns;
  Statements all;
  all.list = PPL_TRY(prepare(columns + "WHERE kind = ?1 ORDER BY account, name"));
  all.find = PPL_TRY(prepare(columns + "WHERE kind = ?1 AND account = ?2 AND name = ?3"));
  all.insert =
      PPL_TRY(prepare("INSERT INTO documents (kind, account, name, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)"));
  all.update = PPL_TRY(prepare("UPDATE documents SET revision = ?2, body = ?3 WHERE id = ?1"));
  all.remove = PPL_TRY(prepare("DELETE FROM documents WHERE id = ?1"));
  all.next_revision = PPL_TRY(prepare("UPDATE store SET revision = revision + 1 RETURNING revision"));
  all.highest_id = PPL_TRY(prepare("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'documents'"));
  return all;
}

Result<std::string> read_uuid(sqlite3* database) {
  Statement statement = PPL_TRY(Statement::prepare(database, "SELECT uuid FROM store"));
  const bool row = PPL_TRY(statement.step());
  if (!row) return fail(ErrorCode::kDamaged, "The catalog has lost its name; restore it from a backup.");
  return statement.text(0);
}

Document row_of(const Statement& row) {
  return {.kind = static_cast<Kind>(row.number(0)),
          .account = AccountId{row.number(1)},
          .name = row.text(2),
          .id = row.number(3),
          .revision = row.number(4),
          .body = row.text(5)};
}

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(DatabaseHandle database, Statements statements, std::string uuid)
      : uuid_(std::move(uuid)), database_(std::move(database)), statements_(std::move(statements)) {}

  std::string store_uuid() const override { return uuid_; }

  Result<std::uint64_t> highest_id() override {
    const std::lock_guard lock(mutex_);
    const StatementUse use(statements_.highest_id);
    (void)PPL_TRY(use->step());
    return use->number(0);
  }

  Result<std::vector<Document>> list(Kind kind) override {
    const std::lock_guard lock(mutex_);
    const StatementUse use(statements_.list);
    use->bind(1, std::to_underlying(kind));
    std::vector<Document> documents;
    for (bool row = PPL_TRY(use->step()); row; row = PPL_TRY(use->step()))
      documents.push_back(row_of(statements_.list));
    return documents;
  }

  Result<std::optional<Document>> find(Kind kind, AccountId account, std::string_view name) override {
    const std::lock_guard lock(mutex_);
    return look_up(kind, account, name);
  }

  Result<Document> create(Kind kind, AccountId account, std::string_view name, std::string body) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction = PPL_TRY(Transaction::begin(database_.get()));
    if (PPL_TRY(look_up(kind, account, name))) return fail(ErrorCode::kConflict, "It exists already.");
    Document document{.kind = kind,
                      .account = account,
                      .name = std::string(name),
                      .revision = PPL_TRY(next_revision()),
                      .body = std::move(body)};
    PPL_CHECK(insert(document));
    PPL_CHECK(transaction.commit());
    notify({Change::What::kPut, document});
    return document;
  }

  Result<Document> replace(Kind kind, AccountId account, std::string_view name, std::string body,
                           std::uint64_t revision) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction = PPL_TRY(Transaction::begin(database_.get()));
    Document document = PPL_TRY(expect(kind, account, name, revision));
    document.body = std::move(body);
    document.revision = PPL_TRY(next_revision());
    PPL_CHECK(update(document));
    PPL_CHECK(transaction.commit());
    notify({Change::What::kPut, document});
    return document;
  }

  Result<void> remove(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction = PPL_TRY(Transaction::begin(database_.get()));
    Document document = PPL_TRY(expect(kind, account, name, revision));
    document.revision = PPL_TRY(next_revision());
    PPL_CHECK(erase(document.id));
    PPL_CHECK(transaction.commit());
    notify({Change::What::kRemoved, document});
    return {};
  }

  void watch(Kind kind, std::function<void(const Change&)> changed) override {
    const std::lock_guard lock(mutex_);
    watchers_.emplace_back(kind, std::move(changed));
  }

 private:
  Result<std::optional<Document>> look_up(Kind kind, AccountId account, std::string_view name) {
    const StatementUse use(statements_.find);
    use->bind(1, std::to_underlying(kind)).bind(2, account.value).bind_text(3, name);
    const bool row = PPL_TRY(use->step());
    if (!row) return std::optional<Document>();
    return std::optional<Document>(row_of(statements_.find));
  }

  Result<Document> expect(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) {
    auto document = PPL_TRY(look_up(kind, account, name));
    if (!document) return fail(ErrorCode::kConflict, "It does not exist.");
    if (revision != 0 && document->revision != revision)
      return fail(ErrorCode::kConflict, "Somebody else changed it first.");
    return *std::move(document);
  }

  Result<std::uint64_t> next_revision() {
    const StatementUse use(statements_.next_revision);
    (void)PPL_TRY(use->step());
    const std::uint64_t revision = use->number(0);
    PPL_CHECK(use->run());
    return revision;
  }

  Result<void> insert(Document& document) {
    const StatementUse use(statements_.insert);
    use->bind(1, std::to_underlying(document.kind)).bind(2, document.account.value).bind_text(3, document.name);
    PPL_CHECK(use->bind(4, document.revision).bind_blob(5, document.body).run());
    document.id = static_cast<std::uint64_t>(::sqlite3_last_insert_rowid(database_.get()));
    return {};
  }

  Result<void> update(const Document& document) {
    const StatementUse use(statements_.update);
    return use->bind(1, document.id).bind(2, document.revision).bind_blob(3, document.body).run();
  }

  Result<void> erase(std::uint64_t id) {
    const StatementUse use(statements_.remove);
    return use->bind(1, id).run();
  }

  // Under the lock, so that watchers see the changes in their order.
  void notify(const Change& change) {
    for (const auto& [kind, changed] : watchers_) {
      if (kind == change.document.kind) changed(change);
    }
  }

  const std::string uuid_;
  std::mutex mutex_;
  DatabaseHandle database_ GUARDED_BY(mutex_);
  Statements statements_ GUARDED_BY(mutex_);  // finalised before the database closes
  std::vector<std::pair<Kind, std::function<void(const Change&)>>> watchers_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<Catalog>> open_sqlite_catalog(const std::filesystem::path& file) {
  DatabaseHandle database = PPL_TRY(open_database(file));
  Statements statements = PPL_TRY(prepare_all(database.get()));
  std::string uuid = PPL_TRY(read_uuid(database.get()));
  return std::unique_ptr<Catalog>(
      std::make_unique<SqliteCatalog>(std::move(database), std::move(statements), std::move(uuid)));
}

}  // namespace propylon::catalog
