// Password hashes and compressed answers are worth waiting for; messages are not to wait for them.
#pragma once

namespace propylon {

// Lowers the priority of the calling thread for good (Linux has one per thread). Cheap from the second call on.
void yield_to_loops();

}  // namespace propylon
