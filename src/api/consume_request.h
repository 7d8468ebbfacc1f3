// The body of consume/batch: fields, defaults, clamps and refusals as the reference's clients know them.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/message_json.h"
#include "api/options.h"
#include "core/result.h"

namespace propylon::api {

struct ConsumeRequest {
  std::string consumer;  // in normal form
  std::string group;     // in normal form; "rest-gateway" when none is given
  std::uint32_t batch_size = 10;
  // Ours: answers as soon as so many are there. When none is given, batch_size; 1 when neither a size nor a wait is
  // given.
  std::uint32_t min_messages = 1;
  std::chrono::milliseconds wait{kConsumeWaitMsDefault};
  PayloadForm form = PayloadForm::kTextWhereUtf8;
};

// The reference's words for a body that read_consume_fields() refuses, whatever is wrong with it.
constexpr std::string_view kUnreadableConsumeBody = "Invalid request body";

// The fields as they were written, absent and null ones empty or zero.
struct ConsumeFields {
  std::string consumer_name;
  std::string consumer_group;
  std::int64_t batch_size = 0;
  std::int64_t wait_ms = 0;
  std::int64_t min_messages = 0;
  std::string encoding;
  std::string ack_mode;
  bool has_acks = false;  // acknowledges messages of an earlier answer
};

// Unknown fields are ignored. Errors: kInvalidJson, kBodyTooLarge (above 1 MiB), kInvalidRequest (no object, or a field
// of a wrong type).
Result<ConsumeFields> read_consume_fields(std::string_view body);

// Judged in the reference's order: consumer name, batch size; then ours.
// Errors: kInvalidRequest, kInvalidName, kNotImplemented (explicit acknowledgement).
Result<ConsumeRequest> judge_consume_fields(const ConsumeFields& fields, const Options& options);

}  // namespace propylon::api
