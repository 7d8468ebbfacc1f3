#include "api/preconditions.h"

#include <charconv>

#include "http/request.h"

namespace propylon::api {
namespace {

using http::KnownField;

std::unexpected<Error> refuse_if_match() {
  return fail(ErrorCode::kInvalidRequest, "If-Match must be one revision in double quotes, as in \"17\", or *.",
              "If-Match");
}

Result<std::uint64_t> parse_revision(std::string_view tag) {
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return refuse_if_match();
  const std::string_view digits = tag.substr(1, tag.size() - 2);
  std::uint64_t revision = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
  if (error != std::errc() || end != digits.data() + digits.size()) return refuse_if_match();
  return revision;
}

}  // namespace

Result<catalog::Precondition> read_preconditions(const http::Request& request) {
  catalog::Precondition precondition;
  if (request.has(KnownField::kIfMatch)) {
    if (request.lines(KnownField::kIfMatch) > 1) return refuse_if_match();
    const std::string_view value = request.value(KnownField::kIfMatch);
    if (value == "*")
      precondition.must_exist = true;
    else
      precondition.revision = PPL_TRY(parse_revision(value));
  }
  if (request.has(KnownField::kIfNoneMatch)) {
    if (request.lines(KnownField::kIfNoneMatch) > 1 || request.value(KnownField::kIfNoneMatch) != "*")
      return fail(ErrorCode::kInvalidRequest, "If-None-Match must be *.", "If-None-Match");
    precondition.must_not_exist = true;
  }
  return precondition;
}

Result<void> refuse_preconditions(const http::Request& request) {
  const auto refuse = [](std::string name) {
    return fail(ErrorCode::kNotImplemented, name + " is not supported here; nothing was changed.", name);
  };
  if (request.has(KnownField::kIfMatch)) return refuse("If-Match");
  if (request.has(KnownField::kIfNoneMatch)) return refuse("If-None-Match");
  return {};
}

}  // namespace propylon::api
