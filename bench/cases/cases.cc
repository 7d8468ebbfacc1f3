#include "cases/cases.h"

namespace propylon::bench {

std::vector<Case> all_cases() { return {single(256), single(8), single(1)}; }

}  // namespace propylon::bench
