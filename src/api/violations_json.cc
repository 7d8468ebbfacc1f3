#include "api/violations_json.h"

#include "json/writer.h"

namespace propylon::api {

void write_violations(json::Writer& writer, std::span<const schema::Violation> violations) {
  writer.begin_array();
  for (const auto& violation : violations) {
    writer.begin_object().key("pointer").text(violation.pointer).key("keyword").text(violation.keyword);
    writer.key("schema_pointer").text(violation.schema_pointer).key("message").text(violation.message).end_object();
  }
  writer.end_array();
}

}  // namespace propylon::api
