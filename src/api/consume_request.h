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
  std::uint32_t min_messages = 10;  // ours: answers as soon as so many are there; batch_size when none is given
  std::chrono::milliseconds wait{kConsumeWaitMsDefault};
  PayloadForm form = PayloadForm::kTextWhereUtf8;
};

// Judged in the reference's order: body, consumer name, batch size; then ours. Unknown fields are ignored.
// Errors: kInvalidRequest, kInvalidName, kNotImplemented (explicit acknowledgement).
Result<ConsumeRequest> read_consume_request(std::string_view body, const Options& options);

}  // namespace propylon::api
