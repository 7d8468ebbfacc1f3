// The schema that a produce request's messages must fit.
//
// Almost always it is at hand: the station has none, or the loop's cache has it compiled. Then messages are judged
// without suspending. For all else there is load_schema().
#pragma once
#include <memory>
#include <string>

#include "broker/broker.h"
#include "core/bytes.h"
#include "core/result.h"
#include "core/task.h"
#include "schema/compiled_schema.h"

namespace propylon::http {
class Exchange;
}

namespace propylon::api {

struct Services;

// So many bytes of a request's messages are judged on an I/O loop, more on a thread beside it. A schema that people
// write takes a fraction of a millisecond for so many; one that is made to be slow, some 50 ms
// (schema/json_schema/limits.h bounds it by the message's size).
inline constexpr std::uint64_t kJudgedOnLoopBytes = 256 * kKiB;

// Good until the coroutine suspends. Thread: the loop.
struct StationSchema {
  bool wanted = false;                               // the station has a schema
  const schema::CompiledSchema* compiled = nullptr;  // null although it is wanted: not at hand
  schema::Scratch* scratch = nullptr;                // the loop's

  bool at_hand() const { return !wanted || compiled; }
  // Whether the message is known to fit. False also when the schema is not at hand.
  bool accepts(ByteView message) const { return !wanted || (compiled && compiled->accepts(message, *scratch)); }
};

// As the station of the path is now. No lock, no allocation.
const broker::ProduceRules& produce_rules(Services& services, http::Exchange& exchange);
StationSchema schema_of(Services& services, http::Exchange& exchange, const broker::ProduceRules& rules);

// A schema that stays in memory while it is held.
struct HeldSchema {
  std::shared_ptr<const schema::CompiledSchema> compiled;  // null: the station takes any message
  std::string name;
};

// The station's schema, compiled now where it is not in memory. Suspends: exchange.keep() comes first.
// Errors: kConflict (the attached schema is gone), kInvalidSchema, kOverloaded.
Task<Result<HeldSchema>> load_schema(Services& services, http::Exchange& exchange);

}  // namespace propylon::api
