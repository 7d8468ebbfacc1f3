// Starting servers on their core, with ports that are free.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/child_process.h"

namespace propylon::bench {

// A port that is free at the moment, for servers that cannot choose one.
std::uint16_t free_port();
// What a server runs in: nothing, or valgrind's counter of instructions, 50 times slower, which leaves its counts in
// files of the server's directory.
enum class Tool { kNone, kCallgrind };
inline constexpr const char* kCallgrindFile = "callgrind.out";

// The command, bound to the servers' core.
std::vector<std::string> on_server_core(std::vector<std::string> argv, Tool tool = Tool::kNone,
                                        const std::filesystem::path& directory = {});
// Waits until the server is ready. Throws std::runtime_error with what it printed when it ends instead, or when it
// takes 30 s.
void await_ready(testing::ChildProcess& process, const std::string& name, const std::function<bool()>& ready);
bool takes_connections(std::uint16_t port);
// Throws std::runtime_error with the package to install when there is no such program or file.
void require_program(const std::string& program, const std::string& package);
void require_file(const std::string& path, const std::string& package);
// "1.22.1-9+deb12u11"; "unknown" where dpkg does not know it.
std::string package_version(const std::string& package);

}  // namespace propylon::bench
