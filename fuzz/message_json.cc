// Messages of any bytes in an answer to consume: the answer is JSON, and the message read from it is the one that was
// stored.
//
// Input: the length of a header's value, that value, then the payload.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/message_json.h"
#include "broker/broker.h"
#include "core/assert.h"
#include "core/header_block.h"
#include "json/base64.h"
#include "json/document.h"
#include "json/utf8.h"

using namespace propylon;

namespace {

void check(const broker::Message& message, std::string_view header, api::PayloadForm form) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  api::write_message(writer, out, message, form);
  api::write_message(writer, out, message, form);
  writer.end_array();
  const auto document = json::Document::parse(out, {.bytes = 1 << 30, .depth = 4});
  PPL_ASSERT(document);
  const auto elements = document->root().array("").value();
  PPL_ASSERT(elements.size() == 2 && elements[0].raw() == elements[1].raw());
  const auto object = elements[0].object("").value();
  const auto text = object.string("message").value().value();
  const bool base64 = object.string("encoding").value().has_value();
  PPL_ASSERT(base64 == (form == api::PayloadForm::kBase64 || !json::valid_utf8(message.payload)));
  PPL_ASSERT((base64 ? json::from_base64(text, json::Base64::kStandard).value() : text) == message.payload);
  const auto headers = object.object("headers").value().value();
  PPL_ASSERT(headers.names().size() == 1 && headers.string("A-B").value().value() == header);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t header_bytes = std::min<std::size_t>(data[0], bytes.size());
  // Values are UTF-8 when they are stored.
  const std::string header = json::latin1_to_utf8(bytes.substr(0, header_bytes));
  std::string block;
  append_header(block, "A-B", header);
  broker::Message message;
  message.headers = block;
  message.payload = bytes.substr(header_bytes);
  check(message, header, api::PayloadForm::kTextWhereUtf8);
  check(message, header, api::PayloadForm::kBase64);
  return 0;
}
