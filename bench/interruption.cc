#include "interruption.h"

#include <csignal>

namespace propylon::bench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

void note_interruptions() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = 1; });
}

void throw_if_interrupted() {
  if (interrupted != 0) throw Interrupted();
}

}  // namespace propylon::bench
