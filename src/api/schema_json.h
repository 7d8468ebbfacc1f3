// Schemas as their administrators see them: the objects of the HTTP contract.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/response.h"
#include "schema/compiled_schema.h"

namespace propylon::http {
class Exchange;
}
namespace propylon::json {
class Writer;
}
namespace propylon::schema::registry {
struct Schema;
}

namespace propylon::api {

struct Services;

// One of a list: {"name":"orders","type":"json","active_version":2,"latest_version":3,"revision":17}
void write_schema_summary(json::Writer& writer, const schema::registry::Schema& schema);

// {"name":"orders","type":"json","active_version":2,"versions":[{"version":1,"created_at":"2026-01-01T00:00:00.000Z"},
//  ...],"revision":17}, with the revision as ETag.
http::Response schema_answer(const schema::registry::Schema& schema);

// What became of a draft: {"name":"orders","type":"json","version":3,"active_version":2,"revision":17}
http::Response schema_put_answer(std::uint16_t status, const schema::registry::Schema& schema, std::uint32_t version);

// {"name":"orders","type":"json","version":1,"created_at":"...","assert_format":true,"definition":...}; the definition
// as a string or as a JSON value, as it was given, and assert_format only when it was given. `version` exists.
http::Response schema_version_answer(const schema::registry::Schema& schema, std::uint32_t version);

// `"errors":[{"pointer":"/type","message":"..."}]`: a further member of the answer that refuses a definition.
std::string faults_member(std::span<const schema::DefinitionFault> faults);

// Who did what to the schema of the path, for the operator's log. Good also after a suspension.
void log_schema_change(const Services& services, http::Exchange& exchange, std::string_view what);
// The same, to one of its versions.
void log_schema_change(const Services& services, http::Exchange& exchange, std::string_view what,
                       std::uint32_t version);

}  // namespace propylon::api
