#include "api/message_json.h"

#include "core/assert.h"
#include "core/header_block.h"
#include "json/base64.h"
#include "json/utf8.h"

namespace propylon::api {

void write_payload(json::Writer& writer, std::string& out, ByteView payload, ByteView headers, PayloadForm form) {
  const bool as_text = form == PayloadForm::kTextWhereUtf8 && json::valid_utf8(payload);
  writer.key("message");
  if (as_text) {
    writer.string(payload);
  } else {
    writer.raw("\"");
    json::append_base64(out, payload, json::Base64::kStandard);
    out.push_back('"');
  }
  writer.key("headers").begin_object();
  HeaderReader reader(headers);
  while (const auto header = reader.next()) writer.key(header->name).string(header->value);
  PPL_ASSERT(reader.well_formed());
  writer.end_object();
  if (!as_text) writer.key("encoding").string("base64");
}

void write_message(json::Writer& writer, std::string& out, const broker::Message& message, PayloadForm form) {
  writer.begin_object();
  write_payload(writer, out, message.payload, message.headers, form);
  if (message.deliveries > 1) writer.key("deliveries").number(message.deliveries);
  writer.end_object();
}

std::size_t estimated_json_bytes(const broker::Message& message) {
  constexpr std::size_t kFixed = 96;
  return kFixed + message.payload.size() + message.payload.size() / 8 + message.headers.size();
}

}  // namespace propylon::api
