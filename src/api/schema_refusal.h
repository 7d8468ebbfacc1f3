// A message that does not fit its station's schema: what the producer reads, and the dead letter that is kept of it.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.h"
#include "core/error.h"
#include "core/task.h"
#include "schema/compiled_schema.h"

namespace propylon::http {
class Exchange;
}

namespace propylon::api {

struct Services;

struct SchemaRefusal {
  Error error;                  // kSchemaViolation with the reference's sentence
  std::string violations_json;  // as a JSON array
};

// `violations` is not empty; the first `listed_max` of them are listed. `name` is the schema's.
SchemaRefusal refusal_of(const std::vector<schema::Violation>& violations, const schema::CompiledSchema& compiled,
                         std::string_view name, std::size_t listed_max);

// Keeps refused messages as dead letters of the station of the path, with the request's headers, when its settings say
// so. Whether that works does not change the answer: a failure is logged and counted. Needs exchange.keep().
Task<void> keep_refused(Services& services, http::Exchange& exchange, std::span<const broker::RefusedMessage> messages);

}  // namespace propylon::api
