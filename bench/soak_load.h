// The mixed load of a soak: everything that a server is for, at a bounded rate, for as long as it lives.
//
// Five stations, each with its retention and durability, each with a producer (singles, and now and then a batch) and
// two groups that consume; a long poll on a station where nothing happens; logins; an administrator who empties,
// changes, makes and removes stations, groups and users.
#pragma once
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "histogram.h"
#include "support/http_client.h"

namespace propylon::bench {

// What happened since the last look.
struct SoakCounts {
  std::uint64_t produced = 0;  // messages
  std::uint64_t consumed = 0;  // messages
  std::uint64_t others = 0;    // logins and administration
  std::uint64_t errors = 0;    // answers that should not be, broken connections
  std::string first_error;
  Histogram single_ns;  // of produce/single
};

// Thread: caller serialises; the load runs on threads of its own until the destructor.
class SoakLoad final {
 public:
  // Logs in and makes the stations. Throws std::runtime_error when the server refuses.
  SoakLoad(std::uint16_t port, std::string user, std::string password);

  // Everything since the last call.
  SoakCounts take_counts();

 private:
  void produce(const std::stop_token& stop, const std::string& station);
  void consume(const std::stop_token& stop, const std::string& station, const std::string& group);
  void log_in(const std::stop_token& stop);
  void administer(const std::stop_token& stop);
  void administer_once(std::uint64_t turn);

  testing::HttpAnswer send(testing::HttpClient& client, const char* method, const std::string& target,
                           const std::string& body) const;
  testing::HttpAnswer expect(int status, const char* method, const std::string& target, const std::string& body = "");
  std::string login() const;
  void count_error(const std::string& what);

  const std::uint16_t port_;
  const std::string user_;
  const std::string password_;
  testing::HttpFields fields_;

  std::mutex mutex_;
  SoakCounts counts_;  // guarded by mutex_

  std::vector<std::jthread> threads_;  // last: they use all the others
};

}  // namespace propylon::bench
