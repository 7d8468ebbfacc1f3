// For tests only: a request made from the text of its head, for what reads heads.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

#include "http/request.h"
#include "http/request_parser.h"

namespace propylon::api {

// Owns the bytes that the request views. Throws when the parser refuses the head: the test is wrong then.
class ParsedRequest final {
 public:
  // `head` has its lines ended by CRLF and ends in an empty one.
  explicit ParsedRequest(std::string head) : head_(std::move(head)) {
    http::RequestParser parser;
    parser.start(request_);
    const http::HeadLimits limits{.head_bytes_max = 1 << 20, .fields_max = 1000, .target_bytes_max = 1 << 16};
    if (parser.parse(head_, limits, request_) != http::RequestParser::Progress::kComplete) {
      throw std::invalid_argument("the head of this test is refused: " + head_);
    }
  }
  ParsedRequest(const ParsedRequest&) = delete;
  ParsedRequest& operator=(const ParsedRequest&) = delete;

  const http::Request& operator*() const { return request_; }

 private:
  std::string head_;
  http::Request request_;
};

}  // namespace propylon::api
