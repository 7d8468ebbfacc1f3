// Results as JSON.
#pragma once
#include <string>

#include "load_generator.h"

namespace propylon::bench {

// {"requests_per_s":..,"p50_us":..,"p99_us":..,"p99_9_us":..,"answered":..,"seconds":..,"errors":..,"first_error":..}
std::string to_json(const LoadResult& result);

}  // namespace propylon::bench
