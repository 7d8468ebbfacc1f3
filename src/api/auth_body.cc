#include "api/auth_body.h"

#include <charconv>
#include <optional>

#include "api/content_type.h"
#include "http/url.h"
#include "json/document.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

// The reference's words; its clients' authors search for them.
constexpr const char* kUnreadable =
    "Some of your fields are not valid it is usually because you are missing some fields or you are sending wrong data "
    "types, also please notice that account_id field should be sent as a number rather than a string";

std::unexpected<Error> unreadable() { return fail(ErrorCode::kInvalidRequest, kUnreadable); }

// Where the fields come from: a JSON object or a form, which has all values as text.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<std::optional<std::string>> text(std::string_view name) const = 0;
  virtual Result<std::optional<std::int64_t>> integer(std::string_view name) const = 0;
};

class JsonSource final : public Source {
 public:
  explicit JsonSource(json::Object object) : object_(object) {}
  Result<std::optional<std::string>> text(std::string_view name) const override { return object_.string(name); }
  Result<std::optional<std::int64_t>> integer(std::string_view name) const override { return object_.integer(name); }

 private:
  json::Object object_;
};

class FormSource final : public Source {
 public:
  explicit FormSource(std::string_view form) : form_(form) {}

  // As in JSON, the last of several counts.
  Result<std::optional<std::string>> text(std::string_view name) const override {
    std::optional<std::string> found;
    http::QueryReader reader(form_);
    while (const auto pair = reader.next()) {
      if (pair->name != name) continue;
      found = http::percent_decode(pair->value, http::PlusSign::kBlank);
      if (!found) return unreadable();
    }
    return found;
  }
  Result<std::optional<std::int64_t>> integer(std::string_view name) const override {
    const auto value = PPL_TRY(text(name));
    if (!value || value->empty()) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (error != std::errc() || end != value->data() + value->size()) return unreadable();
    return std::optional(number);
  }

 private:
  std::string_view form_;
};

// The fields as they were sent, before they are judged together.
struct SentFields {
  AuthFields fields;
  Secret connection_token;
};

Result<SentFields> convert(const Source& source) {
  SentFields sent;
  sent.fields.username = PPL_TRY(source.text("username")).value_or("");
  sent.fields.password = Secret(PPL_TRY(source.text("password")).value_or(""));
  sent.connection_token = Secret(PPL_TRY(source.text("connection_token")).value_or(""));
  sent.fields.refresh_token = PPL_TRY(source.text("jwt_refresh_token")).value_or("");
  const std::int64_t account = PPL_TRY(source.integer("account_id")).value_or(0);
  if (account < 0) return unreadable();
  sent.fields.account = AccountId{static_cast<std::uint64_t>(account)};
  sent.fields.lifetimes.access_min = PPL_TRY(source.integer("token_expiry_in_minutes")).value_or(0);
  sent.fields.lifetimes.refresh_min = PPL_TRY(source.integer("refresh_token_expiry_in_minutes")).value_or(0);
  return sent;
}

Result<AuthFields> read_fields(const Source& source) {
  auto sent = convert(source);
  if (!sent) return unreadable();  // one text for every wrong type
  AuthFields& fields = sent->fields;
  if (fields.password.empty()) {
    fields.password = std::move(sent->connection_token);
  } else if (!sent->connection_token.empty() &&
             !equal_in_constant_time(fields.password.reveal(), sent->connection_token.reveal())) {
    return fail(ErrorCode::kInvalidRequest,
                "password and connection_token mean the same and are sent with different values", "connection_token");
  }
  return std::move(fields);
}

Result<AuthFields> read_json(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return unreadable();
  const json::Value root = document->root();
  if (root.type() == json::Type::kNull) return AuthFields{};
  const auto object = root.object("");
  if (!object) return unreadable();
  return read_fields(JsonSource(*object));
}

}  // namespace

Result<AuthFields> read_auth_fields(std::string_view content_type, ByteView body) {
  const bool is_form = has_form_type(content_type) && !looks_like_json(body);
  return is_form ? read_fields(FormSource(body)) : read_json(body);
}

http::Response token_response(const auth::TokenPair& pair) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("expires_in").number(pair.access_lifetime_ms).key("jwt").string(pair.access);
  writer.key("jwt_refresh_token").string(pair.refresh);
  writer.key("refresh_token_expires_in").number(pair.refresh_lifetime_ms).end_object();
  http::Response response(200, http::kJsonType, std::move(body));
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace propylon::api
