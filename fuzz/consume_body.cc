// Bodies of consume/batch: what is accepted is within its bounds, and the same request written out in full is read as
// the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/consume_request.h"
#include "broker/broker.h"
#include "core/assert.h"
#include "core/name_rules.h"
#include "json/writer.h"

using namespace propylon;

namespace {

Result<api::ConsumeRequest> read(std::string_view body, const api::Options& options) {
  const api::ConsumeFields fields = PPL_TRY(api::read_consume_fields(body));
  return api::judge_consume_fields(fields, options);
}

std::string write(const api::ConsumeRequest& request) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("consumer_name").string(request.consumer).key("consumer_group").string(request.group);
  writer.key("batch_size").number(request.batch_size).key("min_messages").number(request.min_messages);
  writer.key("batch_max_wait_time_ms").number(request.wait.count());
  if (request.form == api::PayloadForm::kBase64) writer.key("encoding").string("base64");
  writer.end_object();
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const api::Options options;
  const auto request = read({reinterpret_cast<const char*>(data), size}, options);
  if (!request) {
    PPL_ASSERT(request.error().code == ErrorCode::kInvalidJson || request.error().code == ErrorCode::kInvalidRequest ||
               request.error().code == ErrorCode::kInvalidName || request.error().code == ErrorCode::kNotImplemented);
    return 0;
  }
  PPL_ASSERT(request->batch_size >= 1 && request->batch_size <= broker::kFetchMessagesMax);
  PPL_ASSERT(request->min_messages >= 1 && request->min_messages <= request->batch_size);
  PPL_ASSERT(request->wait.count() >= static_cast<std::int64_t>(api::kConsumeWaitMsMin));
  PPL_ASSERT(request->wait.count() <= static_cast<std::int64_t>(options.consume_wait_ms_max));
  PPL_ASSERT(normalize_name(NameKind::kConsumer, request->consumer).value() == request->consumer);
  PPL_ASSERT(normalize_name(NameKind::kGroup, request->group).value() == request->group);
  const auto again = read(write(*request), options);
  PPL_ASSERT(again);
  PPL_ASSERT(again->consumer == request->consumer && again->group == request->group);
  PPL_ASSERT(again->batch_size == request->batch_size && again->min_messages == request->min_messages);
  PPL_ASSERT(again->wait == request->wait && again->form == request->form);
  return 0;
}
