// Ctrl-C during a measurement: servers and data are put away before the program ends.
#pragma once
#include <stdexcept>

namespace propylon::bench {

class Interrupted final : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

// From now on SIGINT and SIGTERM are only noted. Without it they end the program at once, as ever.
void note_interruptions();
// Throws Interrupted when one was noted. Cheap; called wherever time passes.
void throw_if_interrupted();

}  // namespace propylon::bench
