#include "http/response.h"

#include <fmt/format.h>

#include "core/assert.h"
#include "http/characters.h"

namespace propylon::http {
namespace {

bool is_line_text(std::string_view text) { return find_control(text, 0) == text.size(); }

}  // namespace

PreparedResponse::PreparedResponse(std::uint16_t status, std::string_view content_type, std::string_view body)
    : status_(status), body_(body) {
  PPL_ASSERT(is_line_text(content_type));
  head_ = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", status, reason_phrase(status),
                      content_type, body.size());
}

Response::Extras& Response::extras() {
  if (!extras_) extras_ = std::make_unique<Extras>();
  return *extras_;
}

Response& Response::after_send(AfterSend function) {
  extras().after_send = std::move(function);
  return *this;
}

Response& Response::add(std::string_view name, std::string_view value) {
  PPL_ASSERT(is_token(name) && is_line_text(value));
  extras().headers.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

Response& Response::vary(std::string_view field_name) {
  PPL_ASSERT(is_token(field_name));
  extras().vary.append(", ").append(field_name);
  return *this;
}

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 207: return "Multi-Status";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";
  }
}

}  // namespace propylon::http
