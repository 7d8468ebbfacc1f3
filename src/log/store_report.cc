#include "log/store_report.h"

#include <algorithm>

namespace propylon::log {

std::string_view explain(OnOpen on_open) {
  switch (on_open) {
    case OnOpen::kNothing: return "opening goes on";
    case OnOpen::kCut: return "opening cuts it off";
    case OnOpen::kMend: return "opening mends it";
    case OnOpen::kMiss: return "opening does not see it; reads of what it hits fail";
    case OnOpen::kRefuse: return "opening is refused";
  }
  return "";
}

std::uint64_t StoreReport::damage() const {
  return static_cast<std::uint64_t>(std::ranges::count(findings, true, &Finding::damage));
}

}  // namespace propylon::log
