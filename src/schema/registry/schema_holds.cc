#include "schema/registry/schema_holds.h"

namespace propylon::schema::registry {

SchemaHold::~SchemaHold() {
  if (holds_) holds_->release_hold(key_);
}

RemovalReservation::~RemovalReservation() {
  if (holds_) holds_->release_reservation(key_);
}

Result<SchemaHold> SchemaHolds::hold(const SchemaRef& schema) {
  Key key{schema.account, schema.name};
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[key];
  if (count == kReserved)
    return fail(ErrorCode::kConflict, "The schema \"" + schema.name + "\" is being removed.", "schema");
  ++count;
  return SchemaHold(*this, std::move(key));
}

Result<RemovalReservation> SchemaHolds::reserve_removal(const SchemaRef& schema) {
  Key key{schema.account, schema.name};
  const std::lock_guard lock(mutex_);
  if (!counts_.emplace(key, kReserved).second) {
    return fail(ErrorCode::kConflict,
                "The schema \"" + schema.name + "\" is being attached to a station or removed by somebody else.");
  }
  return RemovalReservation(*this, std::move(key));
}

void SchemaHolds::release_hold(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto it = counts_.find(key);
  if (--it->second == 0) counts_.erase(it);
}

void SchemaHolds::release_reservation(const Key& key) {
  const std::lock_guard lock(mutex_);
  counts_.erase(key);
}

}  // namespace propylon::schema::registry
