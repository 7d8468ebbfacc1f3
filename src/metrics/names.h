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

// --- api ---
inline constexpr std::string_view kProducedMessages = "propylon_produced_messages_total";  // counter
inline constexpr std::string_view kProducedBytes = "propylon_produced_bytes_total";        // counter, payloads
inline constexpr std::string_view kConsumedMessages = "propylon_consumed_messages_total";  // counter
inline constexpr std::string_view kConsumedBytes = "propylon_consumed_bytes_total";        // counter, payloads

}  // namespace propylon::metrics
