// The load generator on its own: one run against any server on this machine, the result as JSON on standard output.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>

#include "load_generator.h"
#include "result_json.h"

int main(int argc, char** argv) {
  using namespace propylon::bench;
  Load load;
  std::string request_file;
  std::uint64_t warm_up_ms = 500;
  std::uint64_t window_ms = 5000;
  CLI::App program("Sends one request over many connections and measures the answers.", "load_generator");
  program.add_option("--port", load.port, "Port on 127.0.0.1.")->required();
  program.add_option("--request", request_file, "File with the bytes of the request, head and body.")->required();
  program.add_option("--connections", load.connections, "Connections, each with one request under way.");
  program.add_option("--rate", load.rate_per_s, "Requests per second (open loop); 0 saturates (closed loop).");
  program.add_option("--warm-up-ms", warm_up_ms, "Load that is not measured.");
  program.add_option("--window-ms", window_ms, "Load that is measured.");
  program.add_option("--status", load.status, "Status that every answer must have.");
  program.add_option("--body", load.body, "Body that every answer must have.");
  CLI11_PARSE(program, argc, argv);
  try {
    std::ostringstream request;
    request << std::ifstream(request_file, std::ios::binary).rdbuf();
    load.request = request.str();
    load.warm_up = std::chrono::milliseconds(warm_up_ms);
    load.window = std::chrono::milliseconds(window_ms);
    const LoadResult result = run_load(load);
    std::printf("%s\n", to_json(result).c_str());
    return result.errors == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load_generator: %s\n", error.what());
    return 1;
  }
}
