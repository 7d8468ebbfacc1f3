// Finds the route of a path: reports what it found and judges nothing.
//
// Patterns are fixed words and captures: "/stations/{station}/produce/single". Words match in any letter case and
// with unreserved characters escaped; one trailing slash is ignored; a fixed word wins over a capture. HEAD matches
// the routes of GET. Immutable once built. Thread: any.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "http/request.h"

namespace propylon::http {

struct RoutePattern {
  Method method = Method::kGet;
  std::string_view path;  // outlives the router; begins with a slash, has no trailing one
};

inline constexpr std::size_t kCapturesMax = 4;

struct RouteMatch {
  enum class Kind : std::uint8_t {
    kFound,             // route and captures are set
    kNoRoute,           // no pattern has this path
    kMethodNotAllowed,  // some pattern has this path, none with this method; allow is set
  };
  Kind kind = Kind::kNoRoute;
  std::size_t route = 0;  // index among the patterns given
  // What stood in the braces, in their order, percent-decoded. Views into the path or into `scratch`.
  std::array<std::string_view, kCapturesMax> captures{};
  std::string_view allow;  // value for the Allow header; lives as long as the router
};

class Router final {
 public:
  // Two equal patterns, more than kCapturesMax captures or a malformed pattern are our own mistake and asserted.
  explicit Router(std::span<const RoutePattern> patterns);

  // `path` is Request::path(). `scratch` takes the decoded path when there is an escape in it, and must live as
  // long as the captures are used (nothing is allocated when there is none).
  // Errors: kInvalidRequest (400) for an empty segment ("//"), a "." or ".." segment (escaped or not), %2F, %00 or
  // another escaped control character, and an escape that is none.
  Result<RouteMatch> match(Method method, std::string_view path, std::string& scratch) const;

 private:
  static constexpr std::size_t kSegmentsMax = 12;
  static constexpr std::size_t kNoNode = static_cast<std::size_t>(-1);
  using Segments = std::array<std::string_view, kSegmentsMax>;

  // One segment of the patterns that begin alike; the first node stands before all segments. A tree, because every
  // request walks it: a path meets only the words that may stand at its next place.
  struct Node {
    std::string word;                                    // lower case; empty for a capture
    std::vector<std::size_t> words;                      // the nodes of fixed words behind this one
    std::size_t capture = kNoNode;                       // the node of a capture behind this one
    std::vector<std::pair<Method, std::size_t>> routes;  // of the pattern that ends here
    std::string allow;
  };

  void add(const RoutePattern& pattern, std::size_t route);
  std::size_t child(std::size_t parent, std::string_view word);
  bool find(std::size_t at, std::span<const std::string_view> rest, std::size_t captures, Method method,
            RouteMatch& match) const;
  // How many segments the path has; those beyond the array are checked and counted only.
  static Result<std::size_t> split(std::string_view path, Segments& segments);

  std::vector<Node> nodes_{1};
};

}  // namespace propylon::http
