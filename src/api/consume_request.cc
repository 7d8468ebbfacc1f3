#include "api/consume_request.h"

#include <algorithm>

#include "broker/broker.h"
#include "core/name_rules.h"
#include "json/document.h"

namespace propylon::api {
namespace {

constexpr std::string_view kDefaultGroup = "rest-gateway";
constexpr std::int64_t kDefaultBatchSize = 10;

// The fields as they were written, absent ones at their defaults.
struct Fields {
  std::string consumer_name;
  std::string consumer_group;
  std::int64_t batch_size = 0;
  std::int64_t wait_ms = 0;
  std::int64_t min_messages = 0;
  std::string encoding;
  std::string ack_mode;
};

std::unexpected<Error> invalid_body() { return fail(ErrorCode::kInvalidRequest, "Invalid request body"); }

Result<Fields> convert(const json::Object& object) {
  Fields fields;
  fields.consumer_name = PPL_TRY(object.string("consumer_name")).value_or("");
  fields.consumer_group = PPL_TRY(object.string("consumer_group")).value_or("");
  fields.batch_size = PPL_TRY(object.integer("batch_size")).value_or(0);
  fields.wait_ms = PPL_TRY(object.integer("batch_max_wait_time_ms")).value_or(0);
  fields.min_messages = PPL_TRY(object.integer("min_messages")).value_or(0);
  fields.encoding = PPL_TRY(object.string("encoding")).value_or("");
  fields.ack_mode = PPL_TRY(object.string("ack_mode")).value_or("");
  return fields;
}

Result<Fields> parse(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return invalid_body();
  const json::Value root = document->root();
  if (root.type() == json::Type::kNull) return Fields{};
  const auto object = root.object("");
  if (!object) return invalid_body();
  auto fields = convert(*object);
  if (!fields) return invalid_body();
  return fields;
}

std::chrono::milliseconds clamp_wait(std::int64_t wait_ms, const Options& options) {
  if (wait_ms == 0) wait_ms = kConsumeWaitMsDefault;
  const auto longest = static_cast<std::int64_t>(options.consume_wait_ms_max);
  return std::chrono::milliseconds(std::clamp(wait_ms, static_cast<std::int64_t>(kConsumeWaitMsMin), longest));
}

Result<PayloadForm> read_form(const std::string& encoding) {
  if (encoding.empty()) return PayloadForm::kTextWhereUtf8;
  if (encoding == "base64") return PayloadForm::kBase64;
  return fail(ErrorCode::kInvalidRequest, "encoding must be base64 or absent", "encoding");
}

Result<void> check_ack_mode(const std::string& ack_mode) {
  if (ack_mode.empty() || ack_mode == "auto") return {};
  if (ack_mode == "explicit") {
    return fail(ErrorCode::kNotImplemented, "Explicit acknowledgement is not supported; nothing was handed out.",
                "ack_mode");
  }
  return fail(ErrorCode::kInvalidRequest, "ack_mode must be auto or explicit", "ack_mode");
}

}  // namespace

Result<ConsumeRequest> read_consume_request(std::string_view body, const Options& options) {
  const Fields fields = PPL_TRY(parse(body));
  if (fields.consumer_name.empty()) return fail(ErrorCode::kInvalidRequest, "Consumer name is required");
  ConsumeRequest request;
  request.consumer = PPL_TRY(normalize_name(NameKind::kConsumer, fields.consumer_name));
  const std::int64_t size = fields.batch_size == 0 ? kDefaultBatchSize : fields.batch_size;
  if (size < 1 || size > broker::kFetchMessagesMax) {
    return fail(ErrorCode::kInvalidRequest, "Batch size can not be greater than 5000 or less than 1", "batch_size");
  }
  request.batch_size = static_cast<std::uint32_t>(size);
  const std::string_view group =
      fields.consumer_group.empty() ? kDefaultGroup : std::string_view(fields.consumer_group);
  request.group = PPL_TRY(normalize_name(NameKind::kGroup, group));
  const std::int64_t least = fields.min_messages == 0 ? size : fields.min_messages;
  if (least < 1 || least > size) {
    return fail(ErrorCode::kInvalidRequest, "min_messages can not be greater than the batch size or less than 1",
                "min_messages");
  }
  request.min_messages = static_cast<std::uint32_t>(least);
  request.wait = clamp_wait(fields.wait_ms, options);
  request.form = PPL_TRY(read_form(fields.encoding));
  PPL_CHECK(check_ack_mode(fields.ack_mode));
  return request;
}

}  // namespace propylon::api
