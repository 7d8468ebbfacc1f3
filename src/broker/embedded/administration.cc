// EmbeddedBroker's administration of stations and groups.
#include "broker/embedded/embedded_broker.h"

namespace propylon::broker::embedded {

StationSettings EmbeddedBroker::template_settings() const {
  StationSettings settings;
  settings.retention.value = options_.retention_age_s;
  return settings;
}

std::uint64_t EmbeddedBroker::max_message_bytes(Loop&, StationRef) { return StationSettings{}.max_message_bytes; }

Task<Result<StationInfo>> EmbeddedBroker::station(Loop&, StationRef) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<Page<StationInfo>>> EmbeddedBroker::stations(Loop&, AccountId, PageRequest) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<StationPut>> EmbeddedBroker::put_station(Loop&, StationRef, SettingsChange, Precondition, IfMissing) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<void>> EmbeddedBroker::remove_station(Loop&, StationRef, Precondition) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<StationInfo>> EmbeddedBroker::purge(Loop&, StationRef, std::optional<Sequence>) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<Page<GroupInfo>>> EmbeddedBroker::groups(Loop&, StationRef, PageRequest) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<void>> EmbeddedBroker::remove_group(Loop&, StationRef, std::string_view) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<GroupInfo>> EmbeddedBroker::seek_group(Loop&, StationRef, std::string_view, SeekTarget) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

}  // namespace propylon::broker::embedded
