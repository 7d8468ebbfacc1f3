#include "api/list_query.h"

#include "core/decimal.h"
#include "core/name_rules.h"
#include "http/url.h"
#include "json/base64.h"

namespace propylon::api {
namespace {

Result<std::uint32_t> parse_limit(std::string_view text) {
  const auto limit = decimal_from_one<std::uint32_t>(text);
  if (!limit || *limit > kListLimitMax) {
    return fail(ErrorCode::kInvalidRequest, "limit must be a number from 1 to " + std::to_string(kListLimitMax) + ".",
                "limit");
  }
  return *limit;
}

Result<std::string> decode_after(std::string_view text) {
  auto name = json::from_base64(text, json::Base64::kUrl);
  if (!name || name->size() > kNameBytesMax)
    return fail(ErrorCode::kInvalidRequest, "after must be what \"next\" of the list before was.", "after");
  return *std::move(name);
}

Result<std::string> decode_prefix(std::string_view text) {
  auto prefix = http::percent_decode(text, http::PlusSign::kBlank);
  if (!prefix) return fail(ErrorCode::kInvalidRequest, "prefix holds an escape that is none.", "prefix");
  return *std::move(prefix);
}

}  // namespace

Result<ListQuery> read_list_query(std::string_view query) {
  ListQuery list;
  http::QueryReader reader(query);
  while (const auto pair = reader.next()) {
    if (pair->name == "limit") list.limit = PPL_TRY(parse_limit(pair->value));
    if (pair->name == "after") list.after = PPL_TRY(decode_after(pair->value));
    if (pair->name == "prefix") list.prefix = PPL_TRY(decode_prefix(pair->value));
  }
  return list;
}

}  // namespace propylon::api
