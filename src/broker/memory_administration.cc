// MemoryBroker's administration of stations and groups.
#include "broker/memory_broker.h"

namespace propylon::broker {

std::uint64_t MemoryBroker::max_message_bytes(Loop&, StationRef) { return template_.max_message_bytes; }

Task<Result<StationInfo>> MemoryBroker::station(Loop&, StationRef) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<Page<StationInfo>>> MemoryBroker::stations(Loop&, AccountId, PageRequest) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<StationPut>> MemoryBroker::put_station(Loop&, StationRef, SettingsChange, Precondition, IfMissing) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<void>> MemoryBroker::remove_station(Loop&, StationRef, Precondition) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<StationInfo>> MemoryBroker::purge(Loop&, StationRef, std::optional<Sequence>) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<Page<GroupInfo>>> MemoryBroker::groups(Loop&, StationRef, PageRequest) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<void>> MemoryBroker::remove_group(Loop&, StationRef, std::string_view) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

Task<Result<GroupInfo>> MemoryBroker::seek_group(Loop&, StationRef, std::string_view, SeekTarget) {
  co_return fail(ErrorCode::kNotImplemented, "Not there yet.");
}

}  // namespace propylon::broker
