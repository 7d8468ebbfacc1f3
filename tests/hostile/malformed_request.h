// The table of malformed requests: what is sent, and what must come of it.
//
// In `bytes` {bearer} stands for "Bearer <a good token>". Every request that could be stored goes to the station
// "smuggled", which must never come into being.
#pragma once
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::testing {

// What becomes of the connection behind the answer.
enum class Then {
  kCloses,  // where the next request begins is not certain
  kStays,   // the request was well framed; the next one is served
};

struct MalformedRequest {
  std::string name;  // also of the test
  std::string rfc;   // the section that the bytes break, or that leaves them to us
  std::string bytes;
  int status = 400;
  std::string code = "malformed_http";
  Then then = Then::kCloses;
};

// For the names of tests that fail.
inline void PrintTo(const MalformedRequest& request, std::ostream* out) { *out << request.name; }

// A head to be completed by further fields and an empty line.
inline constexpr std::string_view kGoodGet = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n";
inline constexpr std::string_view kGoodPost =
    "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n";

// Two ways to tell where a body ends, or none.
std::vector<MalformedRequest> malformed_lengths();
std::vector<MalformedRequest> malformed_chunks();
// Field lines and Host.
std::vector<MalformedRequest> malformed_fields();
// Methods, versions, and what other protocols begin with.
std::vector<MalformedRequest> malformed_request_lines();
// Targets and paths; and well framed requests that ask for what is not there to be had.
std::vector<MalformedRequest> malformed_targets();

// Unusual requests that are right and must be served: without them the table could be passed by refusing everything.
// {station} stands for a station of the case's own.
struct OddRequest {
  std::string name;
  std::string rfc;
  std::string bytes;
  std::vector<std::string> stored = {};  // the messages that it leaves
  Then then = Then::kStays;
};
inline void PrintTo(const OddRequest& request, std::ostream* out) { *out << request.name; }
std::vector<OddRequest> odd_requests();

}  // namespace propylon::testing
