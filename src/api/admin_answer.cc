#include "api/admin_answer.h"

#include <utility>

#include "json/base64.h"

namespace propylon::api {

http::Response document_answer(std::uint16_t status, std::string document, std::uint64_t revision) {
  http::Response response(status, http::kJsonType, std::move(document));
  response.add("ETag", '"' + std::to_string(revision) + '"');
  return response;
}

http::Response deleted_answer() { return {204, "", ""}; }

ListAnswer::ListAnswer() { writer_.begin_object().key("items").begin_array(); }

http::Response ListAnswer::finish(std::string_view last_name) {
  writer_.end_array().key("next");
  if (last_name.empty())
    writer_.null();
  else
    writer_.string(json::to_base64(last_name, json::Base64::kUrl));
  writer_.end_object();
  return {200, http::kJsonType, std::move(body_)};
}

}  // namespace propylon::api
