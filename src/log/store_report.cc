#include "log/store_report.h"

#include <algorithm>

namespace propylon::log {

std::string_view explain(OnOpen on_open) {
  switch (on_open) {
    case OnOpen::kNothing: return "It does no harm.";
    case OnOpen::kCut: return "Opening cuts it off.";
    case OnOpen::kMend: return "Opening mends that.";
    case OnOpen::kMiss: return "Opening does not notice it; what it hits is lost to readers.";
    case OnOpen::kRefuse: return "Opening is refused.";
  }
  return "";
}

std::uint64_t StoreReport::damage() const {
  return static_cast<std::uint64_t>(std::ranges::count(findings, true, &Finding::damage));
}

}  // namespace propylon::log
