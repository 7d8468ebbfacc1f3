#include "api/consume_request.h"

#include <algorithm>

#include "broker/broker.h"
#include "core/name_rules.h"
#include "json/document.h"

namespace propylon::api {
namespace {

constexpr std::string_view kDefaultGroup = "rest-gateway";
constexpr std::int64_t kDefaultBatchSize = 10;

std::chrono::milliseconds clamp_wait(std::int64_t wait_ms, const Options& options) {
  if (wait_ms == 0) wait_ms = kConsumeWaitMsDefault;
  const auto longest = static_cast<std::int64_t>(options.consume_wait_ms_max);
  return std::chrono::milliseconds(std::clamp(wait_ms, static_cast<std::int64_t>(kConsumeWaitMsMin), longest));
}

// Whoever names neither how many messages nor how long has no reason to wait for more than there is.
std::int64_t least_messages(const ConsumeFields& fields, std::int64_t size) {
  if (fields.min_messages != 0) return fields.min_messages;
  return fields.batch_size == 0 && fields.wait_ms == 0 ? 1 : size;
}

Result<PayloadForm> read_form(const std::string& encoding) {
  if (encoding.empty()) return PayloadForm::kTextWhereUtf8;
  if (encoding == "base64") return PayloadForm::kBase64;
  return fail(ErrorCode::kInvalidRequest, "encoding must be base64 or absent", "encoding");
}

Result<void> check_acknowledgement(const ConsumeFields& fields) {
  const std::string& ack_mode = fields.ack_mode;
  if (fields.has_acks || ack_mode == "explicit") {
    return fail(ErrorCode::kNotImplemented, "Explicit acknowledgement is not supported; nothing was handed out.",
                fields.has_acks ? "ack" : "ack_mode");
  }
  if (ack_mode.empty() || ack_mode == "auto") return {};
  return fail(ErrorCode::kInvalidRequest, "ack_mode must be auto or explicit", "ack_mode");
}

}  // namespace

Result<ConsumeFields> read_consume_fields(std::string_view body) {
  const auto document = PPL_TRY(json::Document::parse(body));
  const json::Value root = document.root();
  ConsumeFields fields;
  if (root.type() == json::Type::kNull) return fields;
  if (root.type() != json::Type::kObject) return fail(ErrorCode::kInvalidRequest, "The body must be a JSON object.");
  const json::Object object = PPL_TRY(root.object(""));
  fields.consumer_name = PPL_TRY(object.string("consumer_name")).value_or("");
  fields.consumer_group = PPL_TRY(object.string("consumer_group")).value_or("");
  fields.batch_size = PPL_TRY(object.integer("batch_size")).value_or(0);
  fields.wait_ms = PPL_TRY(object.integer("batch_max_wait_time_ms")).value_or(0);
  fields.min_messages = PPL_TRY(object.integer("min_messages")).value_or(0);
  fields.encoding = PPL_TRY(object.string("encoding")).value_or("");
  fields.ack_mode = PPL_TRY(object.string("ack_mode")).value_or("");
  fields.has_acks = object.find("ack").has_value();
  return fields;
}

Result<ConsumeRequest> judge_consume_fields(const ConsumeFields& fields, const Options& options) {
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
  const std::int64_t least = least_messages(fields, size);
  if (least < 1 || least > size) {
    return fail(ErrorCode::kInvalidRequest, "min_messages can not be greater than the batch size or less than 1",
                "min_messages");
  }
  request.min_messages = static_cast<std::uint32_t>(least);
  request.wait = clamp_wait(fields.wait_ms, options);
  request.form = PPL_TRY(read_form(fields.encoding));
  PPL_CHECK(check_acknowledgement(fields));
  return request;
}

}  // namespace propylon::api
