// What may wait for the I/O loops, on machines where they have to share a core with them.
#pragma once

namespace propylon {

// As a nice value.
enum class Patience : int {
  kKeepsUp = 5,   // a quarter of a core that is wanted by a loop: housekeeping that must not fall behind it
  kCanWait = 10,  // a tenth: password hashes and compressed answers
};

// Lowers the priority of the calling thread for good (Linux has one per thread). Cheap from the second call on; a
// thread is of one kind all its life.
void yield_to_loops(Patience patience);

}  // namespace propylon
