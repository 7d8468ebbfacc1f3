// Documents from strangers: every value can be asked for as every type, and a string survives being written and read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "json/base64.h"
#include "json/document.h"
#include "json/utf8.h"
#include "json/writer.h"

using namespace propylon;

namespace {

void visit(const json::Value& value) {
  (void)value.boolean("f");
  (void)value.integer("f");
  if (const auto text = value.string("f")) {
    std::string written;
    json::Writer(written).begin_object().key(*text).string(*text).end_object();
    const auto again = json::Document::parse_object(written, {.bytes = 1 << 30, .depth = 1});
    PPL_ASSERT(again);
    PPL_ASSERT(again->object().string(*text).value() == *text);
  }
  if (const auto elements = value.array("f")) {
    for (const json::Value& element : *elements) visit(element);
  }
  if (const auto object = value.object("f")) {
    for (const auto& name : object->names()) {
      if (const auto member = object->find(name)) visit(*member);
      (void)object->is_null(name);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto document = json::Document::parse(text, {.bytes = 4096, .depth = 64})) visit(document->root());
  PPL_ASSERT(json::valid_utf8(json::latin1_to_utf8(text)));
  PPL_ASSERT(json::valid_utf8(text) == (json::valid_utf8_prefix(text) == text.size()));
  for (const auto alphabet : {json::Base64::kStandard, json::Base64::kUrl}) {
    PPL_ASSERT(json::from_base64(json::to_base64(text, alphabet), alphabet) == text);
    if (const auto bytes = json::from_base64(text, alphabet)) PPL_ASSERT(json::to_base64(*bytes, alphabet) == text);
  }
  return 0;
}
