#include "support/server_process.h"

#include <signal.h>

#include <fstream>
#include <stdexcept>
#include <thread>

namespace propylon::testing {
namespace {

constexpr std::chrono::seconds kReadyLimit{60};  // sanitizer builds on a busy machine are slow to start

}  // namespace

std::string propylon_binary() { return PROPYLON_BINARY; }

ServerProcess::ServerProcess(ServerOptions options) : options_(std::move(options)) {
  data_dir_ = options_.data_dir.empty() ? scratch_.path() / "data" : options_.data_dir;
  port_file_ = scratch_.path() / "port";
  start();
}

Command ServerProcess::command() const {
  Command command;
  // The password hash is cheap, so that tests spend their time on what they test.
  command.argv = {propylon_binary(), "serve", "--data-dir",  data_dir_.string(),
                  "--http-port",     "0",     "--port-file", port_file_.string()};
  command.environment = {{"PROPYLON_HTTP_HOST", "127.0.0.1"},
                         {"PROPYLON_PASSWORD_HASH_MEMORY_KIB", "1024"},
                         {"PROPYLON_PASSWORD_HASH_PASSES", "1"}};
  if (options_.root_password) command.environment["PROPYLON_ROOT_PASSWORD"] = kRootPassword;
  command.open_files_max = options_.open_files_max;
  for (const auto& flag : options_.flags) command.argv.push_back(flag);
  for (const auto& [name, value] : options_.environment) command.environment[name] = value;
  return command;
}

void ServerProcess::start() {
  std::filesystem::remove(port_file_);
  child_ = std::make_unique<ChildProcess>(command());
  wait_until_ready();
}

void ServerProcess::wait_until_ready() {
  const auto deadline = std::chrono::steady_clock::now() + kReadyLimit;
  // The file appears whole, under another name first.
  while (!std::filesystem::exists(port_file_)) {
    if (!child_->running()) throw std::runtime_error("the server ended at its start: " + standard_error());
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("the server does not get ready: " + standard_error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  int port = 0;
  std::ifstream(port_file_) >> port;
  port_ = static_cast<std::uint16_t>(port);
}

std::string ServerProcess::welcome() {
  const auto deadline = std::chrono::steady_clock::now() + kReadyLimit;
  while (standard_output().find("Propylon listens on") == std::string::npos) {
    if (!child_->running() || std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("the server prints nothing: " + standard_error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return standard_output();
}

Exit ServerProcess::wait(std::chrono::milliseconds limit) {
  const auto exit = child_->wait(limit);
  if (!exit) throw std::runtime_error("the server does not end: " + standard_error());
  return *exit;
}

Exit ServerProcess::terminate() {
  signal(SIGTERM);
  return wait();
}

void ServerProcess::kill() {
  signal(SIGKILL);
  wait();
}

}  // namespace propylon::testing
