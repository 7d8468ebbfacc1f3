#include "api/dead_letter_json.h"

#include "api/message_json.h"
#include "core/logger.h"

namespace propylon::api {
namespace {

std::string_view name_of(broker::DeadLetterReason reason) {
  switch (reason) {
    case broker::DeadLetterReason::kSchema: return "schema";
  }
  return "";
}

}  // namespace

void write_dead_letter(json::Writer& writer, std::string& out, const broker::DeadLetter& letter) {
  writer.begin_object().key("id").string(std::to_string(letter.id.value));
  writer.key("reason").string(name_of(letter.reason)).key("group").null().key("seq").null();
  writer.key("error").text(letter.error).key("errors").raw(letter.details_json);
  write_payload(writer, out, letter.payload, letter.headers, PayloadForm::kTextWhereUtf8);
  writer.key("at").string(format_time(letter.at)).end_object();
}

}  // namespace propylon::api
