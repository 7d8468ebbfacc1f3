#include "measure.h"

#include <stdexcept>

#include "instructions.h"
#include "machine.h"

namespace propylon::bench {

Load closed_loop(const Peer& peer, std::size_t connections, const Exchange& exchange, const Windows& windows) {
  Load load;
  load.port = peer.port();
  load.connections = connections;
  load.request = exchange.request;
  load.status = exchange.status;
  load.body = exchange.body;
  load.warm_up = windows.warm_up;
  load.window = windows.window;
  return load;
}

Measured measure(Load load, const std::vector<pid_t>& processes) {
  Measured measured;
  const InstructionCounter instructions(processes);
  const auto look = [&](double sign) {
    measured.cpu_us += sign * cpu_us(processes);
    measured.busy_us += sign * (machine_busy_us() - own_cpu_us());
    measured.instructions += sign * instructions.read();
  };
  load.on_window_begin = [&, before = load.on_window_begin] {
    if (before) before();
    look(-1);
  };
  load.on_window_end = [&] { look(1); };
  measured.load = run_load(load);
  if (measured.load.errors != 0) throw std::runtime_error("an answer is wrong: " + measured.load.first_error);
  if (measured.load.answered == 0) throw std::runtime_error("nothing was answered within a window");
  return measured;
}

}  // namespace propylon::bench
