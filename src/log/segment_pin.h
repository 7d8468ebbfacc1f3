// How a reader holds on to the file that its offsets belong to.
#pragma once
#include <memory>

namespace propylon::log {

struct Segment;

// An open segment file. A segment that is rewritten keeps its id but becomes another file, in which the same offset
// means something else: whoever remembers an offset remembers the pin that it came with. Shared by the log and all
// who read; the file stays readable until the last of them lets go, also after it was replaced or removed.
using SegmentPin = std::shared_ptr<const Segment>;

}  // namespace propylon::log
