// Every metric's name, with its unit and labels. Names end in their unit; counters end in _total.
#pragma once
#include <string_view>

namespace propylon::metrics {

// --- log: label log="disk" or "memory" ---
inline constexpr std::string_view kLogGroupRecords = "propylon_log_group_records";                  // histogram
inline constexpr std::string_view kLogWriteSeconds = "propylon_log_write_seconds";                  // histogram
inline constexpr std::string_view kLogSyncSeconds = "propylon_log_sync_seconds";                    // histogram
inline constexpr std::string_view kLogWrittenBytes = "propylon_log_written_bytes_total";            // counter
inline constexpr std::string_view kLogWriteErrors = "propylon_log_write_errors_total";              // counter
inline constexpr std::string_view kLogSegments = "propylon_log_segments";                           // gauge
inline constexpr std::string_view kLogUnsyncedBytes = "propylon_log_unsynced_bytes";                // gauge
inline constexpr std::string_view kLogInlineSegments = "propylon_log_inline_segments_total";        // counter
inline constexpr std::string_view kLogRewrittenSegments = "propylon_log_rewritten_segments_total";  // counter

// --- broker; the first two with label log="disk" or "memory" ---
inline constexpr std::string_view kBrokerLockWaitSeconds = "propylon_broker_lock_wait_seconds";  // histogram
inline constexpr std::string_view kBrokerGroupsFailed = "propylon_broker_groups_failed_total";   // counter
inline constexpr std::string_view kBrokerStations = "propylon_broker_stations";                  // gauge
inline constexpr std::string_view kBrokerGroups = "propylon_broker_groups";                      // gauge
inline constexpr std::string_view kBrokerFetchedBytes = "propylon_broker_fetched_bytes";         // gauge
inline constexpr std::string_view kBrokerWaitingFetches = "propylon_broker_waiting_fetches";     // gauge

// --- schema ---
inline constexpr std::string_view kSchemaCompilations = "propylon_schema_compilations_total";  // counter
inline constexpr std::string_view kSchemaEvictions = "propylon_schema_evictions_total";        // counter
inline constexpr std::string_view kSchemaCompiledBytes = "propylon_schema_compiled_bytes";     // gauge

// --- http ---
inline constexpr std::string_view kHttpConnections = "propylon_http_connections";  // gauge
inline constexpr std::string_view kHttpConnectionsTotal =
    "propylon_http_connections_total";  // counter; outcome="accepted" or "refused"
inline constexpr std::string_view kHttpRequests = "propylon_http_requests_total";  // counter; route, status="2xx"
inline constexpr std::string_view kHttpRequestSeconds = "propylon_http_request_seconds";      // histogram; route
inline constexpr std::string_view kHttpReceivedBytes = "propylon_http_received_bytes_total";  // counter
inline constexpr std::string_view kHttpSentBytes = "propylon_http_sent_bytes_total";          // counter
inline constexpr std::string_view kHttpEncodedAnswers =
    "propylon_http_encoded_answers_total";  // counter; coding="zstd", "br", "gzip"
inline constexpr std::string_view kHttpEncodedSavedBytes = "propylon_http_encoded_saved_bytes_total";  // counter
inline constexpr std::string_view kHttpMalformed = "propylon_http_malformed_total";                    // counter
inline constexpr std::string_view kHttpTimeouts =
    "propylon_http_timeouts_total";  // counter; kind="idle", "head", "body", "write"
inline constexpr std::string_view kHttpBytesInFlight = "propylon_http_request_in_flight_bytes";  // gauge

// --- api ---
inline constexpr std::string_view kProducedMessages = "propylon_produced_messages_total";  // counter
inline constexpr std::string_view kProducedBytes = "propylon_produced_bytes_total";        // counter, payloads
inline constexpr std::string_view kConsumedMessages = "propylon_consumed_messages_total";  // counter
inline constexpr std::string_view kConsumedBytes = "propylon_consumed_bytes_total";        // counter, payloads
inline constexpr std::string_view kSchemaRefusedMessages = "propylon_schema_refused_messages_total";  // counter
inline constexpr std::string_view kDeadLettersFailed = "propylon_dead_letters_failed_total";          // counter
inline constexpr std::string_view kUnreadAnswerBytes = "propylon_consume_unread_bytes";               // gauge

}  // namespace propylon::metrics
