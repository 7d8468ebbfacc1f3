#include "http/router.h"

#include <algorithm>

#include "core/assert.h"
#include "http/characters.h"
#include "http/url.h"

namespace propylon::http {
namespace {

bool is_capture(std::string_view word) { return word.size() > 2 && word.front() == '{' && word.back() == '}'; }

// Decodes in place of the path: escapes may stand for anything but a slash and control characters.
Result<std::string_view> decode_path(std::string_view path, std::string& scratch) {
  if (path.find('%') == std::string_view::npos) return path;
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const std::string_view escape = path.substr(at, 3);
    if (equals_lower(escape, "%2f")) {
      return fail(ErrorCode::kInvalidRequest, "The path holds an escaped slash (%2F).");
    }
  }
  auto decoded = percent_decode(path, PlusSign::kLiteral);
  if (!decoded) return fail(ErrorCode::kInvalidRequest, "The path holds a percent sign that begins no escape.");
  scratch = std::move(*decoded);
  if (find_control(scratch, 0) != scratch.size() || scratch.find('\t') != std::string::npos) {
    return fail(ErrorCode::kInvalidRequest, "The path holds an escaped control character.");
  }
  return std::string_view(scratch);
}

}  // namespace

Router::Router(std::span<const RoutePattern> patterns) {
  for (std::size_t i = 0; i < patterns.size(); ++i) add(patterns[i], i);
  for (auto& node : nodes_) {
    for (const auto& [method, route] : node.routes) {
      if (!node.allow.empty()) node.allow += ", ";
      node.allow += to_string(method);
      if (method == Method::kGet) node.allow += ", HEAD";
    }
  }
}

void Router::add(const RoutePattern& pattern, std::size_t route) {
  std::string_view path = pattern.path;
  PPL_ASSERT(path.starts_with('/') && (path.size() == 1 || !path.ends_with('/')));
  std::size_t at = 0;
  std::size_t captures = 0;
  std::size_t segments = 0;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view word = path.substr(0, slash);
    PPL_ASSERT(!word.empty());
    if (is_capture(word)) ++captures;
    ++segments;
    at = child(at, is_capture(word) ? std::string_view() : word);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  PPL_ASSERT(captures <= kCapturesMax && segments <= kSegmentsMax);
  for (const auto& known : nodes_[at].routes) PPL_ASSERT(known.first != pattern.method);
  nodes_[at].routes.emplace_back(pattern.method, route);
}

// The node behind `parent` for a word, or for a capture ("").
std::size_t Router::child(std::size_t parent, std::string_view word) {
  std::string lower;
  std::ranges::transform(word, std::back_inserter(lower), to_lower);
  if (lower.empty() && nodes_[parent].capture != kNoNode) return nodes_[parent].capture;
  for (const std::size_t known : nodes_[parent].words) {
    if (nodes_[known].word == lower) return known;
  }
  const std::size_t made = nodes_.size();
  if (lower.empty()) {
    nodes_[parent].capture = made;
  } else {
    nodes_[parent].words.push_back(made);
  }
  nodes_.emplace_back().word = std::move(lower);
  return made;
}

Result<std::size_t> Router::split(std::string_view path, Segments& segments) {
  std::size_t count = 0;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty()) return fail(ErrorCode::kInvalidRequest, "The path holds an empty segment (//).");
    if (segment == "." || segment == "..") {
      return fail(ErrorCode::kInvalidRequest, "The path holds a \".\" or \"..\" segment.");
    }
    if (count < kSegmentsMax) segments[count] = segment;
    ++count;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return count;
}

// Looks behind node `at` for the rest of a path: fixed words first, then the capture, until one has the method. A
// tree of all patterns is small, so going back to the capture costs little.
bool Router::find(std::size_t at, std::span<const std::string_view> rest, std::size_t captures, Method method,
                  RouteMatch& match) const {
  const Node& node = nodes_[at];
  if (rest.empty()) {
    const auto route = std::ranges::find(node.routes, method, &std::pair<Method, std::size_t>::first);
    if (route != node.routes.end()) {
      match.kind = RouteMatch::Kind::kFound;
      match.route = route->second;
      match.allow = {};
      return true;
    }
    if (!node.routes.empty() && match.kind == RouteMatch::Kind::kNoRoute) {
      match.kind = RouteMatch::Kind::kMethodNotAllowed;
      match.allow = node.allow;
    }
    return false;
  }
  for (const std::size_t next : node.words) {
    if (!equals_lower(rest.front(), nodes_[next].word)) continue;
    if (find(next, rest.subspan(1), captures, method, match)) return true;
    break;
  }
  if (node.capture == kNoNode) return false;
  match.captures[captures] = rest.front();
  return find(node.capture, rest.subspan(1), captures + 1, method, match);
}

Result<RouteMatch> Router::match(Method method, std::string_view path, std::string& scratch) const {
  const std::string_view decoded = PPL_TRY(decode_path(path, scratch));
  RouteMatch match;
  if (!decoded.starts_with('/')) return match;
  Segments segments;
  const std::size_t count = PPL_TRY(split(decoded, segments));
  if (count > kSegmentsMax) return match;
  find(0, {segments.data(), count}, 0, method == Method::kHead ? Method::kGet : method, match);
  return match;
}

}  // namespace propylon::http
