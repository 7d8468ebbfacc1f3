#include "api/auth_body.h"

#include <charconv>
#include <optional>

#include "api/content_type.h"
#include "http/url.h"
#include "json/document.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

std::unexpected<Error> wrong_field(std::string_view name, const char* wanted) {
  return fail(ErrorCode::kInvalidRequest, "The field \"" + std::string(name) + "\" must be " + wanted + ".",
              std::string(name));
}

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
      if (!found) return wrong_field(name, "escaped as in a form");
    }
    return found;
  }
  Result<std::optional<std::int64_t>> integer(std::string_view name) const override {
    const auto value = PPL_TRY(text(name));
    if (!value || value->empty()) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (error != std::errc() || end != value->data() + value->size()) return wrong_field(name, "an integer");
    return std::optional(number);
  }

 private:
  std::string_view form_;
};

Result<AuthFields> read_fields(const Source& source) {
  AuthFields fields;
  fields.username = PPL_TRY(source.text("username")).value_or("");
  fields.password = Secret(PPL_TRY(source.text("password")).value_or(""));
  fields.connection_token = Secret(PPL_TRY(source.text("connection_token")).value_or(""));
  fields.refresh_token = PPL_TRY(source.text("jwt_refresh_token")).value_or("");
  const std::int64_t account = PPL_TRY(source.integer("account_id")).value_or(0);
  if (account < 0) return wrong_field("account_id", "a positive integer");
  fields.account = AccountId{static_cast<std::uint64_t>(account)};
  fields.lifetimes.access_min = PPL_TRY(source.integer("token_expiry_in_minutes")).value_or(0);
  fields.lifetimes.refresh_min = PPL_TRY(source.integer("refresh_token_expiry_in_minutes")).value_or(0);
  return fields;
}

Result<AuthFields> read_json(std::string_view body) {
  const auto document = PPL_TRY(json::Document::parse(body));
  const json::Value root = document.root();
  if (root.type() == json::Type::kNull) return AuthFields{};
  if (root.type() != json::Type::kObject) return fail(ErrorCode::kInvalidRequest, "The body must be a JSON object.");
  return read_fields(JsonSource(PPL_TRY(root.object(""))));
}

}  // namespace

Result<AuthFields> read_auth_fields(std::string_view content_type, ByteView body) {
  const bool is_form = has_form_type(content_type) && !looks_like_json(body);
  return is_form ? read_fields(FormSource(body)) : read_json(body);
}

Result<Secret> password_of(AuthFields& fields) {
  if (fields.password.empty()) return std::move(fields.connection_token);
  if (!fields.connection_token.empty() &&
      !equal_in_constant_time(fields.password.reveal(), fields.connection_token.reveal())) {
    return fail(ErrorCode::kInvalidRequest,
                "password and connection_token mean the same and are sent with different values", "connection_token");
  }
  return std::move(fields.password);
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
