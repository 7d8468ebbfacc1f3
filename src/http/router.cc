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
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    Shape shape = parse_pattern(patterns[i].path);
    auto same = std::ranges::find_if(shapes_, [&](const Shape& s) { return s.segments == shape.segments; });
    if (same == shapes_.end()) same = shapes_.insert(shapes_.end(), std::move(shape));
    for (const auto& route : same->routes) PPL_ASSERT(route.first != patterns[i].method);
    same->routes.emplace_back(patterns[i].method, i);
  }
  for (auto& shape : shapes_) {
    for (const auto& [method, route] : shape.routes) {
      if (!shape.allow.empty()) shape.allow += ", ";
      shape.allow += to_string(method);
      if (method == Method::kGet) shape.allow += ", HEAD";
    }
  }
  // Captures are empty words and sort behind every word: at each place a fixed word is tried first.
  std::ranges::sort(shapes_, [](const Shape& a, const Shape& b) {
    return std::ranges::lexicographical_compare(a.segments, b.segments, [](const Segment& x, const Segment& y) {
      return x.word.empty() != y.word.empty() ? y.word.empty() : x.word < y.word;
    });
  });
}

Router::Shape Router::parse_pattern(std::string_view path) {
  PPL_ASSERT(path.starts_with('/') && (path.size() == 1 || !path.ends_with('/')));
  Shape shape;
  std::size_t captures = 0;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view word = path.substr(0, slash);
    PPL_ASSERT(!word.empty());
    if (is_capture(word)) ++captures;
    Segment segment;
    if (!is_capture(word)) std::ranges::transform(word, std::back_inserter(segment.word), to_lower);
    shape.segments.push_back(std::move(segment));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  PPL_ASSERT(captures <= kCapturesMax && shape.segments.size() <= kSegmentsMax);
  return shape;
}

bool Router::fits(const Shape& shape, std::span<const std::string_view> segments) const {
  if (shape.segments.size() != segments.size()) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& word = shape.segments[i].word;
    if (!word.empty() && !equals_lower(segments[i], word)) return false;
  }
  return true;
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

Result<RouteMatch> Router::match(Method method, std::string_view path, std::string& scratch) const {
  const std::string_view decoded = PPL_TRY(decode_path(path, scratch));
  if (!decoded.starts_with('/')) return RouteMatch();
  Segments segments;
  const std::size_t count = PPL_TRY(split(decoded, segments));
  if (count > kSegmentsMax) return RouteMatch();
  const std::span<const std::string_view> found(segments.data(), count);
  RouteMatch match;
  for (const auto& shape : shapes_) {
    if (!fits(shape, found)) continue;
    const Method wanted = method == Method::kHead ? Method::kGet : method;
    const auto route = std::ranges::find(shape.routes, wanted, &std::pair<Method, std::size_t>::first);
    if (route == shape.routes.end()) {
      if (match.kind == RouteMatch::Kind::kNoRoute) {
        match.kind = RouteMatch::Kind::kMethodNotAllowed;
        match.allow = shape.allow;
      }
      continue;
    }
    match.kind = RouteMatch::Kind::kFound;
    match.route = route->second;
    match.allow = {};
    std::size_t capture = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (shape.segments[i].word.empty()) match.captures[capture++] = segments[i];
    }
    break;
  }
  return match;
}

}  // namespace propylon::http
