// A dead letter as its readers see it:
//
// {"id":"17","reason":"schema","group":null,"seq":null,"error":"Schema validation has failed: ...","errors":[...],
//  "message":"<payload>","headers":{"Content-Type":"application/json"},"at":"2026-01-01T00:00:00.000Z"}
//
// A payload that is not UTF-8 is base64 with "encoding":"base64" behind it.
#pragma once
#include <string>

#include "broker/administration.h"
#include "json/writer.h"

namespace propylon::api {

// `out` is the string behind `writer`.
void write_dead_letter(json::Writer& writer, std::string& out, const broker::DeadLetter& letter);

}  // namespace propylon::api
