// Chooses which headers of a produce request are stored with its messages, and writes them as a header block.
//
// Left out are credentials, hop-by-hop and transport fields, what browsers and proxies add, what this server
// interprets itself, and the engines' own names; docs/api.md lists them. Of the rest an operator may allow or deny
// some. Names are stored in canonical form (Content-Type), values as they came; those that are not UTF-8 are read
// as Latin-1. Different values of one name are joined by ", ".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace propylon::http {
class Request;
struct Field;
}  // namespace propylon::http

namespace propylon::api {

// Immutable. Thread: any.
class MessageHeaders final {
 public:
  // Names in any letter case; one that ends in `*` stands for every name with that beginning. An empty `allow`
  // allows all. Deny wins over allow, and what is always left out cannot be allowed.
  MessageHeaders(const std::vector<std::string>& allow, const std::vector<std::string>& deny);

  // Replaces `block` (core/header_block.h) by the request's stored headers; reuses its memory.
  // Errors: kHeadTooLarge when the block would exceed kHeaderBlockBytesMax; `block` is of no use then.
  Result<void> write(const http::Request& request, std::string& block) const;

 private:
  struct Pattern {
    std::string name;     // lower case, without the star
    bool prefix = false;  // there was a star
  };
  static std::vector<Pattern> parse(const std::vector<std::string>& names);
  static bool matches(const std::vector<Pattern>& patterns, std::string_view name);
  bool is_stored(const http::Field& field, const http::Request& request) const;
  void write_joined(const http::Request& request, std::string& block) const;

  const std::vector<Pattern> allow_;
  const std::vector<Pattern> deny_;
};

}  // namespace propylon::api
