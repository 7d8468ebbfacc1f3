// The contract of the catalog: small documents with revisions that change seldom and are read all the time.
//
// Users, stations' settings and schemas now; API tokens and hooks later. Never on the message path: whoever needs
// documents there watches, most simply by catalog/mirror.h. Backends: catalog/sqlite, later catalog/jetstream;
// catalog/memory_catalog.h is the fake.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"

namespace propylon::catalog {

// Stored numbers: never reuse one.
enum class Kind : std::uint8_t {
  kStation = 1,
  kUser = 2,
  kSchema = 3,
  kDeadLetters = 4,  // where a station's dead letters are kept
};

struct Document {
  Kind kind = Kind::kStation;
  AccountId account;
  std::string name;            // unique per kind and account
  std::uint64_t id = 0;        // unique per catalog, grows, never used again, also after a removal
  std::uint64_t revision = 0;  // grows with every change of any document
  std::string body;            // JSON; its meaning is the reader's
  friend bool operator==(const Document&, const Document&) = default;
};

// A removal carries the document as it was last, with the revision of the removal.
struct Change {
  enum class What { kPut, kRemoved } what = What::kPut;
  Document document;
};

// Calls block (a disk's flush): never from an I/O loop. Thread: any (locks inside).
class Catalog {
 public:
  virtual ~Catalog() = default;

  // Names this store for ever; the log beside it carries the same one.
  virtual std::string store_uuid() const = 0;
  // The highest document id ever given out.
  virtual Result<std::uint64_t> highest_id() = 0;

  // All documents of a kind, by account and name.
  virtual Result<std::vector<Document>> list(Kind kind) = 0;
  virtual Result<std::optional<Document>> find(Kind kind, AccountId account, std::string_view name) = 0;

  // Durable before they return. Errors: kConflict (exists already / another revision), kStorageFull,
  // kIo; nothing was changed. kOutcomeUnknown: nothing is changed in this process, but after the next open the change
  // may be there.
  virtual Result<Document> create(Kind kind, AccountId account, std::string_view name, std::string body) = 0;
  // `revision` 0 replaces whatever is there. kStationNotFound or kInvalidRequest is the caller's word: a missing
  // document is kConflict with an empty optional from find().
  virtual Result<Document> replace(Kind kind, AccountId account, std::string_view name, std::string body,
                                   std::uint64_t revision) = 0;
  virtual Result<void> remove(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) = 0;

  // Calls `changed` after each change of this kind, before the call that made it returns, in the order of the
  // revisions. The function must not call the catalog. Watching ends with the catalog.
  virtual void watch(Kind kind, std::function<void(const Change&)> changed) = 0;
};

}  // namespace propylon::catalog
