#include "api/error_response.h"

#include <string>

#include "api/error_catalogue.h"
#include "api/routes.h"
#include "core/ascii.h"
#include "http/characters.h"
#include "http/content_coding.h"
#include "http/request.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";

// Whether the list of an Accept field names the type itself; a wildcard does not.
bool names_problem_json(std::string_view accept) {
  bool named = false;
  http::for_each_element(accept, [&](std::string_view element) {
    const std::string_view type = trim_blanks(element.substr(0, element.find(';')));
    named = named || equals_lower(type, kProblemType);
  });
  return named;
}

bool has_message(std::uint16_t status, const ErrorForm& form) {
  return form.auth_path || status == 401 || status == 403;
}

// As the reference words it: what is wrong with a request, and otherwise only the kind of failure.
std::string_view message_of(const CatalogueEntry& entry, std::string_view text) {
  if (entry.status == 400) return text;
  return entry.status >= 500 ? std::string_view("Server error") : entry.title;
}

std::string render_body(const Error& error, const CatalogueEntry& entry, std::string_view request_id,
                        const ErrorForm& form, const ErrorDetails& details) {
  const std::string_view text = entry.public_text.empty() ? std::string_view(error.message) : entry.public_text;
  const std::string_view code = to_string(answered_code(error.code));
  std::string body;
  body.reserve(256 + 2 * text.size() + details.members_json.size());
  json::Writer writer(body);
  writer.begin_object();
  if (!details.members_json.empty()) writer.raw(details.members_json);
  const std::string_view error_text = details.error_text.empty() ? text : details.error_text;
  writer.key("success").boolean(false).key("error").text(error_text);
  if (has_message(entry.status, form)) {
    writer.key("message");
    if (!details.message_json.empty()) {
      writer.raw(details.message_json);
    } else {
      writer.text(message_of(entry, error_text));
    }
  }
  writer.key("type").string("urn:propylon:error:" + std::string(code));
  writer.key("title").string(entry.title).key("status").number(entry.status).key("detail").text(text);
  writer.key("code").string(code).key("retryable").boolean(entry.retryable);
  writer.key("request_id").text(request_id).end_object();
  return body;
}

}  // namespace

ErrorForm error_form_of(const http::Request& request) {
  ErrorForm form;
  form.problem_json =
      request.has(http::KnownField::kAccept) && names_problem_json(request.value(http::KnownField::kAccept));
  form.from_browser = request.from_browser();
  form.auth_path = is_auth_path(request.path());
  return form;
}

http::Response ErrorResponder::respond(const Error& error, std::string_view request_id, const ErrorForm& form,
                                       const ErrorDetails& details) const {
  const CatalogueEntry entry = catalogue_entry(error.code);
  if (!entry.public_text.empty() || error.code == ErrorCode::kCorruptRecord) {
    logger_.error("request failed",
                  {{"code", to_string(error.code)}, {"error", error.message}, {"request_id", request_id}});
  }
  http::Response response(entry.status, form.problem_json ? kProblemType : http::kJsonType,
                          render_body(error, entry, request_id, form, details));
  response.vary("Accept");
  if (entry.status == 401) {
    response.add("WWW-Authenticate", "Bearer realm=\"propylon\"");
    if (!form.from_browser) response.add("WWW-Authenticate", "Basic realm=\"propylon\"");
  }
  if (!details.allow.empty()) response.add("Allow", details.allow);
  // RFC 9110 section 15.5.16: what would have been taken.
  if (error.code == ErrorCode::kUnsupportedEncoding) response.add("Accept-Encoding", http::kDecodedCodings);
  const std::uint32_t retry_after_s = error.retry_after_s != 0 ? error.retry_after_s : entry.retry_after_s;
  if (retry_after_s != 0) response.add("Retry-After", std::to_string(retry_after_s));
  return response;
}

}  // namespace propylon::api
