// Windows in which a server is given messages, as the cases share them.
#pragma once
#include <string>

#include "case.h"

namespace propylon::bench {

// How the log of a server grouped what it wrote since this was made.
class GroupSizes final {
 public:
  explicit GroupSizes(const Peer& server);
  // Adds the mean and the distribution to the row; nothing for a server without these metrics.
  void add_to(Results& results, const std::string& row) const;

 private:
  const Peer& server_;
  const std::string before_;  // all metrics
};

// Processor time of the server per request, or per message when each request carries so many.
double cpu_us_each(const Measured& measured, double messages_each);

// Adds rate, processor time, busy time and instructions of a closed loop to a row.
void add_costs(Results& results, const std::string& row, const Measured& measured, double messages_each);

// Sends the load at 70 % of the rate that it reached at saturation and adds the latencies to the row. The result counts
// what was sent and answered in both runs together.
LoadResult add_latencies(Results& results, const std::string& row, Load load, const Measured& saturated);

// Saturates the server, adds its costs to the row, then the latencies. What was answered must be stored. Groups of the
// log are those at saturation. Returns the run at saturation.
Measured produce_single(Round& round, const Peer& peer, const std::string& row, const std::string& station,
                        std::size_t connections);

// What nginx takes for a request over 256 connections at this moment: for cases that do not measure it themselves.
double nginx_cpu_us(Round& round);

}  // namespace propylon::bench
