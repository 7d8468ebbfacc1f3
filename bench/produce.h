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

// Adds rate, processor time, busy time and instructions of a closed loop to a row; each request counts for so many.
void add_costs(Results& results, const std::string& row, const Measured& measured, double messages_each = 1);

// Saturates the server, adds its costs to the row, then sends at 70 % of the rate that it reached and adds those
// latencies. What was answered must be stored. Groups of the log are those at saturation. Returns the run at
// saturation.
Measured produce_single(Round& round, const Peer& peer, const std::string& row, const std::string& station,
                        std::size_t connections);

// Adds the latencies of an open loop at 70 % of `saturation` to the row.
LoadResult add_latencies(Results& results, const std::string& row, Load load, double saturation_per_s);

}  // namespace propylon::bench
