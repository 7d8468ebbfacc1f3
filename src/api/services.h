// What the endpoints work with: made once by Api, shared by all loops.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/error_response.h"
#include "api/message_headers.h"
#include "api/options.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/logger.h"
#include "core/loop.h"
#include "core/worker_pool.h"
#include "http/response.h"
#include "metrics/byte_budget.h"
#include "metrics/counter.h"
#include "schema/compiled_schema.h"

namespace propylon::auth {
class Authenticator;
class UserAdministration;
class UserDirectory;
}  // namespace propylon::auth
namespace propylon::broker {
class Broker;
enum class IfMissing;
}  // namespace propylon::broker
namespace propylon::http {
class Exchange;
}
namespace propylon::metrics {
class Registry;
}

namespace propylon::schema::registry {
class CompiledSchemas;
class SchemaAdministration;
class SchemaDirectory;
}  // namespace propylon::schema::registry

namespace propylon::api {

class Readiness;

// What the api uses of its surroundings; everything outlives it.
struct Surroundings {
  broker::Broker& broker;
  auth::Authenticator& authenticator;
  const auth::UserDirectory& users;
  auth::UserAdministration& user_administration;
  schema::registry::SchemaDirectory& schemas;
  schema::registry::SchemaAdministration& schema_administration;
  schema::registry::CompiledSchemas& compiled_schemas;
  const Readiness& readiness;
  metrics::Registry& metrics;
  const Clock& clock;
  const Logger& logger;
};

// Memory that requests of one loop use in turn. What stands in it is good until the coroutine that wrote it first
// suspends.
struct alignas(64) LoopScratch {
  std::string header_block;
  std::vector<std::string_view> elements;
  schema::Scratch schema;  // what judging messages keeps between them
};

// Counted when the answer is decided (produced) or its receipt is proven (consumed).
struct MessageCounters {
  explicit MessageCounters(metrics::Registry& registry);
  metrics::Counter& produced_messages;
  metrics::Counter& produced_bytes;
  metrics::Counter& consumed_messages;
  metrics::Counter& consumed_bytes;
  metrics::Counter& refused_messages;
  metrics::Counter& dead_letters_failed;
};

// Thread: any loop's; the scratch memory belongs to its loop.
struct Services final {
  // `loops` is the server's number of loops.
  Services(const Surroundings& surroundings, const Options& options, std::size_t loops);

  LoopScratch& scratch_of(const Loop& loop) { return scratch[loop.index()]; }
  broker::IfMissing if_missing() const;

  broker::Broker& broker;
  auth::Authenticator& authenticator;
  const auth::UserDirectory& users;
  auth::UserAdministration& user_administration;
  schema::registry::SchemaDirectory& schemas;
  schema::registry::SchemaAdministration& schema_administration;
  schema::registry::CompiledSchemas& compiled_schemas;
  const Readiness& readiness;
  metrics::Registry& registry;
  const Clock& clock;
  const Logger& logger;
  const Options& options;
  const ErrorResponder errors;
  const MessageHeaders message_headers;
  const http::PreparedResponse stored;       // {"error":null,"success":true}
  const http::PreparedResponse status_ok;    // {"status":"ok"}
  const http::PreparedResponse no_messages;  // []
  MessageCounters counters;
  metrics::ByteBudget unread_answers;
  std::vector<LoopScratch> scratch;
  WorkerPool judges;  // of large messages, beside the loops
};

// kOverloaded: no room for an answer that its client may be slow to take.
Error unread_answers_are_full();

// The error answer of a request that has passed, or failed in, admit(). Good also after a suspension.
http::Response refuse(const Services& services, http::Exchange& exchange, const Error& error,
                      const ErrorDetails& details = {});

}  // namespace propylon::api
