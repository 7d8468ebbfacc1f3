// The splitter against simdjson's parser: what one takes as an array of valid JSON the other takes too, and the
// elements put together again are the array.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/assert.h"
#include "json/array_split.h"
#include "json/document.h"

using namespace propylon;

namespace {

// simdjson refuses more than the grammar does: integers and exponents out of range, and halves of surrogate pairs.
bool judged_alike(simdjson::error_code error) {
  return error != simdjson::NUMBER_ERROR && error != simdjson::STRING_ERROR && error != simdjson::DEPTH_ERROR;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static std::vector<std::string_view> elements;
  const auto result = json::split_array(text, elements);
  PPL_ASSERT(result.has_value() || elements.empty());

  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  // Debian's simdjson does not know the mark that ours passes over.
  const simdjson::padded_string padded(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
  const auto error = parser.parse(padded).get(parsed);
  if (judged_alike(error)) {
    const bool array = error == simdjson::SUCCESS && parsed.is_array();
    PPL_ASSERT(result.has_value() == array);
    if (array) PPL_ASSERT(simdjson::dom::array(parsed).size() == elements.size());
  }
  if (!result) return 0;

  std::string joined = "[";
  for (const auto element : elements) {
    PPL_ASSERT(json::Document::parse(element, {.bytes = 1 << 30, .depth = 1024}));
    if (joined.size() > 1) joined += ',';
    joined += element;
  }
  joined += ']';
  const std::vector<std::string_view> before = elements;
  std::vector<std::string_view> again;
  PPL_ASSERT(json::split_array(joined, again));
  PPL_ASSERT(again == before);
  return 0;
}
