// Judging many bytes by a schema without holding up the loop.
#pragma once
#include <utility>

#include "api/services.h"
#include "api/station_schema.h"
#include "core/loop.h"
#include "core/worker_pool.h"
#include "schema/compiled_schema.h"

namespace propylon::api {

// Calls `judge(schema::Scratch&)` and gives what it gave: here when it is about few bytes, on a thread beside the loop
// when it is about more than kJudgedOnLoopBytes. What `judge` refers to outlives the call, and lives in no loop's
// scratch memory. Errors: kOverloaded when too many wait for that; it was not called then.
template <class Judge>
auto judge_beside(Services& services, Loop& loop, std::uint64_t bytes, Judge judge)
    -> Task<Result<decltype(judge(std::declval<schema::Scratch&>()))>> {
  using Judged = Result<decltype(judge(std::declval<schema::Scratch&>()))>;
  if (bytes <= kJudgedOnLoopBytes) co_return judge(services.scratch_of(loop).schema);
  auto judged = co_await run_on(services.judges, loop, [&judge]() -> Judged {
    thread_local schema::Scratch scratch;
    return judge(scratch);
  });
  co_return std::move(judged);
}

}  // namespace propylon::api
