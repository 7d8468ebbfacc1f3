// Every metric's name, with its unit and labels. Names end in their unit; counters end in _total.
#pragma once
#include <string_view>

namespace propylon::metrics {

// --- log: label log="disk" or "memory" ---
inline constexpr std::string_view kLogGroupRecords = "propylon_log_group_records";            // histogram
inline constexpr std::string_view kLogWriteSeconds = "propylon_log_write_seconds";            // histogram
inline constexpr std::string_view kLogSyncSeconds = "propylon_log_sync_seconds";              // histogram
inline constexpr std::string_view kLogWrittenBytes = "propylon_log_written_bytes_total";      // counter
inline constexpr std::string_view kLogWriteErrors = "propylon_log_write_errors_total";        // counter
inline constexpr std::string_view kLogSegments = "propylon_log_segments";                     // gauge
inline constexpr std::string_view kLogUnsyncedBytes = "propylon_log_unsynced_bytes";          // gauge
inline constexpr std::string_view kLogInlineSegments = "propylon_log_inline_segments_total";  // counter

// --- broker ---
inline constexpr std::string_view kBrokerLockWaitSeconds = "propylon_broker_lock_wait_seconds";  // histogram
inline constexpr std::string_view kBrokerGroupsFailed = "propylon_broker_groups_failed_total";   // counter
inline constexpr std::string_view kBrokerStations = "propylon_broker_stations";                  // gauge
inline constexpr std::string_view kBrokerWaitingFetches = "propylon_broker_waiting_fetches";     // gauge

}  // namespace propylon::metrics
