// GET /monitoring/getResourcesUtilization, for development: what this process uses, in percent.
//
// cpu: processor time since the start over the time since then (100 is one processor); memory: resident set over the
// machine's; storage: how full the file system of the working directory is. From /proc and statvfs, without a child
// process.
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

#include "api/endpoints.h"
#include "api/services.h"
#include "core/result.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

struct Utilization {
  double cpu = 0;
  double memory = 0;
  double storage = 0;
};

std::unexpected<Error> unreadable(const std::string& what) { return fail(ErrorCode::kIo, "cannot read " + what); }

double percent(double part, double whole) {
  constexpr double kTenths = 10;  // one digit behind the point, as ps prints it
  return whole > 0 ? std::round(part / whole * 100 * kTenths) / kTenths : 0;
}

// proc(5): utime, stime and starttime are fields 14, 15 and 22; the second one, in brackets, may hold blanks.
Result<double> cpu_percent() {
  std::ifstream uptime_file("/proc/uptime");
  std::ifstream stat_file("/proc/self/stat");
  double uptime_s = 0;
  std::string skipped;
  if (!(uptime_file >> uptime_s) || !std::getline(stat_file, skipped, ')')) return unreadable("/proc");
  std::array<double, 3> wanted{};  // utime, stime, starttime in clock ticks
  for (int field = 3; field <= 22; ++field) {
    if (!(stat_file >> skipped)) return unreadable("/proc/self/stat");
    if (field == 14) wanted[0] = std::stod(skipped);
    if (field == 15) wanted[1] = std::stod(skipped);
    if (field == 22) wanted[2] = std::stod(skipped);
  }
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return percent((wanted[0] + wanted[1]) / ticks_per_s, uptime_s - wanted[2] / ticks_per_s);
}

Result<double> memory_percent() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  if (!(file >> total_pages >> resident_pages)) return unreadable("/proc/self/statm");
  return percent(resident_pages, static_cast<double>(::sysconf(_SC_PHYS_PAGES)));
}

Result<double> storage_percent() {
  struct statvfs system{};
  if (::statvfs(".", &system) != 0) return unreadable("the file system's state");
  return percent(static_cast<double>(system.f_blocks - system.f_bfree), static_cast<double>(system.f_blocks));
}

Result<Utilization> measure() {
  Utilization utilization;
  utilization.cpu = PPL_TRY(cpu_percent());
  utilization.memory = PPL_TRY(memory_percent());
  utilization.storage = PPL_TRY(storage_percent());
  return utilization;
}

}  // namespace

Task<http::Response> resources_utilization(Services& services, http::Exchange& exchange) {
  const auto utilization = measure();
  if (!utilization) co_return refuse(services, exchange, utilization.error());
  std::string body;
  json::Writer(body)
      .begin_object()
      .key("cpu")
      .number(utilization->cpu)
      .key("memory")
      .number(utilization->memory)
      .key("storage")
      .number(utilization->storage)
      .end_object();
  co_return http::Response(200, http::kJsonType, std::move(body));
}

}  // namespace propylon::api
