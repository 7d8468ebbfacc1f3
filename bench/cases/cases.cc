#include "cases/cases.h"

namespace propylon::bench {

std::vector<Case> all_cases() {
  return {single(256), single(8), single(1), schema(),           wrk(),        disk(),        batch(), consume(),
          consumer(),  builds(),  wake_up(), idle_connections(), io_threads(), steady_state()};
}

}  // namespace propylon::bench
