// The answers of administration: a document, a list, nothing.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "http/response.h"
#include "json/writer.h"

namespace propylon::api {

// One document, with its revision as `ETag: "<revision>"`: what If-Match takes.
http::Response document_answer(std::uint16_t status, std::string document, std::uint64_t revision);

// 204 without a body.
http::Response deleted_answer();

// {"items":[...],"next":"<opaque>"|null}. Thread: caller serialises.
class ListAnswer final {
 public:
  ListAnswer();
  ListAnswer(const ListAnswer&) = delete;
  ListAnswer& operator=(const ListAnswer&) = delete;

  // Each item is one value written here.
  json::Writer& items() { return writer_; }
  // The string behind items().
  std::string& text() { return body_; }
  // `last_name` is the last item's when there are more behind it (list_query.h reads it back), else empty.
  http::Response finish(std::string_view last_name);

 private:
  std::string body_;
  json::Writer writer_{body_};
};

}  // namespace propylon::api
