// This project's server, with one I/O thread and durability `os` unless a case wants it otherwise.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "launch.h"
#include "machine.h"
#include "peers/peer.h"
#include "support/child_process.h"
#include "support/http_client.h"

namespace propylon::bench {

inline constexpr const char* kStored = R"({"error":null,"success":true})";

class Propylon final : public Peer {
 public:
  // `directory` holds its data; `more` are further flags of `propylon serve`; `binary` is the program, empty for the
  // one of this build. Throws std::runtime_error when it does not start.
  explicit Propylon(const std::filesystem::path& directory, const std::vector<std::string>& more = {},
                    Tool tool = Tool::kNone, const std::filesystem::path& binary = {});
  // From the start of the process to its first answer.
  std::chrono::milliseconds start_took() const { return start_took_; }
  // Ends it as an operator does, or at once.
  void stop();
  void kill();
  std::uint64_t resident_bytes() const { return bench::resident_bytes(pid()); }
  pid_t pid() const { return process_->pid(); }
  const std::string& token() const { return token_; }
  // Where its log has its files.
  std::filesystem::path log_directory() const { return directory_ / "data" / "log"; }

  std::string name() const override { return "propylon"; }
  std::string version() const override;
  std::string durability() const override { return "os: written to the operating system"; }
  std::string authentication() const override { return "JWT on every request"; }
  std::uint16_t port() const override { return port_; }
  std::vector<pid_t> processes() const override { return {pid()}; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  void expect_stored(const std::string& station, const LoadResult& load) const override {
    expect_stored(station, load, 1);
  }
  // The same for requests that carry so many messages each.
  void expect_stored(const std::string& station, const LoadResult& load, std::uint64_t messages_each) const;

  // A POST with the token, as bytes.
  std::string render(const std::string& target, const std::string& body) const;
  // A request with the token that must be answered 2xx; throws with the answer otherwise.
  testing::HttpAnswer send(const std::string& method, const std::string& target, const std::string& body) const;
  testing::HttpAnswer post(const std::string& target, const std::string& body) const {
    return send("POST", target, body);
  }
  std::string metrics() const override;
  // The value of a metric; throws when it is not there.
  double metric(const std::string& name) const;
  // How many messages a station holds: reads all of them as a group of its own.
  std::uint64_t count_messages(const std::string& station) const;

 private:
  const std::filesystem::path directory_;
  const std::filesystem::path binary_;
  std::unique_ptr<testing::ChildProcess> process_;
  std::chrono::milliseconds start_took_{};
  std::uint16_t port_ = 0;
  std::string token_;
};

// How often messages begin in an answer to consume.
std::uint64_t count_messages(std::string_view body);

}  // namespace propylon::bench
