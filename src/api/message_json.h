// One consumed message as JSON: {"message":"<payload>","headers":{"Content-Type":"text/plain"}}.
//
// A payload that is not UTF-8 is base64 with "encoding":"base64" behind the headers; nothing is ever replaced.
// "deliveries" follows when the message was handed out before.
#pragma once
#include <cstdint>
#include <string>

#include "broker/broker.h"
#include "json/writer.h"

namespace propylon::api {

enum class PayloadForm : std::uint8_t {
  kTextWhereUtf8,  // a string when the payload is UTF-8, else base64
  kBase64,         // always base64
};

// The members "message", "headers" and, where it is that, "encoding", of an object that is open. `out` is the string
// behind `writer`. The header block must be well formed (it passed its checksum).
void write_payload(json::Writer& writer, std::string& out, ByteView payload, ByteView headers, PayloadForm form);

// The same as an object of its own, with "deliveries".
void write_message(json::Writer& writer, std::string& out, const broker::Message& message, PayloadForm form);

// About how long write_message() makes it, for reserving: escapes not counted.
std::size_t estimated_json_bytes(const broker::Message& message);

}  // namespace propylon::api
