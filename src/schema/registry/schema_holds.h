// Keeps a schema from being removed while a station's settings are being changed to name it, and the other way round.
//
// Attaching is two acts: seeing that the schema is there, and storing the station's settings. So is removing: seeing
// that no station names it, and removing it. Who attaches takes a hold over both of his, who removes a reservation:
// neither can come between the other's two.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/ids.h"
#include "core/result.h"
#include "core/thread_annotations.h"
#include "schema/registry/schema.h"

namespace propylon::schema::registry {

class SchemaHolds;

// The schema stays while this lives. Thread: any, one at a time.
class SchemaHold final {
 public:
  SchemaHold(SchemaHold&& other) noexcept : holds_(std::exchange(other.holds_, nullptr)), key_(std::move(other.key_)) {}
  SchemaHold& operator=(SchemaHold&&) = delete;
  ~SchemaHold();

 private:
  friend class SchemaHolds;
  SchemaHold(SchemaHolds& holds, std::pair<AccountId, std::string> key) : holds_(&holds), key_(std::move(key)) {}
  SchemaHolds* holds_;
  std::pair<AccountId, std::string> key_;
};

// Nobody can hold the schema while this lives. Thread: any, one at a time.
class RemovalReservation final {
 public:
  RemovalReservation(RemovalReservation&& other) noexcept
      : holds_(std::exchange(other.holds_, nullptr)), key_(std::move(other.key_)) {}
  RemovalReservation& operator=(RemovalReservation&&) = delete;
  ~RemovalReservation();
  AccountId account() const { return key_.first; }
  const std::string& name() const { return key_.second; }

 private:
  friend class SchemaHolds;
  RemovalReservation(SchemaHolds& holds, std::pair<AccountId, std::string> key)
      : holds_(&holds), key_(std::move(key)) {}
  SchemaHolds* holds_;
  std::pair<AccountId, std::string> key_;
};

// Whether a schema exists is not its business. Outlives what it gives out. Thread: any (locks inside).
class SchemaHolds final {
 public:
  // Errors: kConflict while the schema is reserved for its removal.
  Result<SchemaHold> hold(const SchemaRef& schema);
  // Errors: kConflict while it is held, or reserved by somebody else.
  Result<RemovalReservation> reserve_removal(const SchemaRef& schema);

 private:
  friend class SchemaHold;
  friend class RemovalReservation;
  using Key = std::pair<AccountId, std::string>;
  static constexpr std::size_t kReserved = static_cast<std::size_t>(-1);
  void release_hold(const Key& key);
  void release_reservation(const Key& key);

  std::mutex mutex_;
  std::map<Key, std::size_t> counts_ GUARDED_BY(mutex_);  // holds of a schema, or kReserved; never 0
};

}  // namespace propylon::schema::registry
