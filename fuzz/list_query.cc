// Queries of lists and their cursors: a query that is taken is within its limits, and the cursor that a list would give
// for the place it names leads to the same place.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/admin_answer.h"
#include "api/list_query.h"
#include "core/assert.h"
#include "core/name_rules.h"
#include "json/document.h"

using namespace propylon;

namespace {

void check_cursor(std::string_view name) {
  api::ListAnswer answer;
  const auto response = answer.finish(name);
  const auto document = json::Document::parse_object(response.body());
  PPL_ASSERT(document);
  const auto next = document->object().string("next").value().value();
  const auto again = api::read_list_query("limit=7&after=" + next);
  PPL_ASSERT(again && again->after == name && again->limit == 7 && again->prefix.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text.empty() && text.size() <= kNameBytesMax) check_cursor(text);
  const auto list = api::read_list_query(text);
  if (!list) {
    PPL_ASSERT(list.error().code == ErrorCode::kInvalidRequest && !list.error().field.empty());
    return 0;
  }
  PPL_ASSERT(list->limit >= 1 && list->limit <= api::kListLimitMax);
  PPL_ASSERT(list->after.size() <= kNameBytesMax);
  if (!list->after.empty()) check_cursor(list->after);
  return 0;
}
