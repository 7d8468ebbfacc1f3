#include "http/request_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "http/characters.h"
#include "http/known_fields.h"
#include "http/request_target.h"

namespace propylon::http {
namespace {

constexpr std::array<std::string_view, 9> kMethods{"GET",    "HEAD",    "POST",  "PUT",    "PATCH",
                                                   "DELETE", "OPTIONS", "TRACE", "CONNECT"};

// Room for the method, two blanks and the version beside the longest target.
constexpr std::size_t kRequestLineExtra = 64;

// Empty lines before a request are forgiven (RFC 9112 section 2.2 asks for at least one; the reference takes two).
constexpr int kEmptyLinesMax = 2;

std::optional<Method> find_method(std::string_view word) {
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    if (word == kMethods[i]) return static_cast<Method>(i);
  }
  return std::nullopt;
}

// The last eight bytes of a part. Every field stands behind a request line of more than eight bytes, so the read
// begins inside the head even when the part is shorter.
std::uint64_t last_bytes(std::string_view part) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, part.data() + part.size() - 8, 8);
  return part.size() >= 8 ? bytes : (part.empty() ? 0 : bytes >> (64 - 8 * part.size()));
}

// Equal fields have equal fingerprints (the name in any letter case). Lines with many different fields are compared
// by it first, so that thousands of lines cost little each.
std::uint32_t fingerprint(const Field& field) {
  constexpr std::uint64_t kLowerCase = 0x2020202020202020;
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;
  std::uint64_t mixed = (last_bytes(field.name) | kLowerCase) * kMix;
  mixed = (mixed ^ (mixed >> 29) ^ last_bytes(field.value)) * kMix;
  mixed = (mixed ^ (mixed >> 32) ^ (field.name.size() << 32) ^ field.value.size()) * kMix;
  return static_cast<std::uint32_t>(mixed >> 32);
}

// Stands where no fingerprint was made: such a field is compared with everything.
constexpr std::uint32_t kAnyFingerprint = 0;

constexpr Refusal malformed(const char* text) { return {ErrorCode::kMalformedHttp, text}; }

}  // namespace

std::string_view to_string(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

void RequestParser::start(Request& request) {
  *this = RequestParser();
  request.fields_.clear();
  request.known_.fill({});
  request.body_ = {};
  request.content_length_ = 0;
  request.expectation_ = Request::Expectation::kNone;
  request.chunked_ = false;
  request.keep_alive_ = true;
  request.http_1_0_ = false;
  request.body_was_decoded_ = false;
}

RequestParser::Progress RequestParser::refuse(Refusal refusal) {
  refusal_ = refusal;
  return Progress::kRefused;
}

RequestParser::Progress RequestParser::parse(std::string_view bytes, const HeadLimits& limits, Request& request) {
  request.head_ = bytes.data();
  for (;;) {
    const std::size_t end = find_control(bytes, scanned_);
    if (const Refusal refusal = check_size(end, limits)) return refuse(refusal);
    scanned_ = end;
    if (end == bytes.size()) return Progress::kNeedMore;
    if (bytes[end] == '\n') return refuse(malformed("A line of the head ends without a carriage return."));
    if (bytes[end] != '\r') return refuse(malformed("The head holds a control character."));
    if (end + 1 == bytes.size()) return Progress::kNeedMore;
    if (bytes[end + 1] != '\n') return refuse(malformed("The head holds a carriage return that ends no line."));

    const std::string_view line = bytes.substr(line_at_, end - line_at_);
    line_at_ = scanned_ = end + 2;
    Refusal refusal;
    if (in_fields_) {
      if (line.empty()) {
        refusal = finish(request);
        return refusal ? refuse(refusal) : Progress::kComplete;
      }
      refusal = read_field_line(line, limits, request);
    } else if (!line.empty() || ++empty_lines_ > kEmptyLinesMax) {
      refusal = read_request_line(line, limits, request);
    }
    if (refusal) return refuse(refusal);
  }
}

// Judges by place alone, never by what stands behind it: so a head refused here is refused at the same byte when it
// comes in pieces.
Refusal RequestParser::check_size(std::size_t line_end, const HeadLimits& limits) const {
  if (!in_fields_ && line_end - line_at_ > limits.target_bytes_max + kRequestLineExtra) {
    return {ErrorCode::kTargetTooLong, "The request target has more bytes than this server takes.",
            limits.target_bytes_max};
  }
  if (line_end + 2 > limits.head_bytes_max) {
    return {ErrorCode::kHeadTooLarge,
            "The request line and the header fields together have more bytes than this server takes.",
            limits.head_bytes_max};
  }
  return {};
}

Request::Place RequestParser::place(std::string_view part, const Request& request) {
  return {static_cast<std::uint32_t>(part.data() - request.head_), static_cast<std::uint32_t>(part.size())};
}

Refusal RequestParser::read_request_line(std::string_view line, const HeadLimits& limits, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return malformed("The request line is not made of a method, a target and a version.");
  }
  const std::string_view word = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_token(word) || target.empty()) {
    return malformed("The request line is not made of a method, a target and a version.");
  }
  if (const Refusal refusal = read_version(line.substr(last + 1), request)) return refusal;
  const auto method = find_method(word);
  if (!method) return malformed("The request method is not known here.");
  if (target.size() > limits.target_bytes_max) {
    return {ErrorCode::kTargetTooLong, "The request target has more bytes than this server takes.",
            limits.target_bytes_max};
  }
  TargetParts parts;
  if (const Refusal refusal = split_target(*method, target, parts)) return refusal;
  request.method_ = *method;
  request.target_ = place(target, request);
  request.path_ = parts.path.empty() ? Request::Place() : place(parts.path, request);
  request.query_ = parts.query.empty() ? Request::Place() : place(parts.query, request);
  in_fields_ = true;
  return {};
}

Refusal RequestParser::read_version(std::string_view version, Request& request) const {
  if (version == "HTTP/1.1") return {};
  if (version == "HTTP/1.0") {
    request.http_1_0_ = true;
    return {};
  }
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                           version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return malformed("The request line does not end with an HTTP version.");
  return {ErrorCode::kHttpVersion, "This server speaks HTTP/1.1 and HTTP/1.0."};
}

Refusal RequestParser::read_field_line(std::string_view line, const HeadLimits& limits, Request& request) {
  if (is_blank(line.front())) return malformed("A header field is folded over several lines.");
  std::size_t colon = leading_name_chars(line);
  while (colon < line.size() && is_token_char(line[colon])) ++colon;
  if (colon == line.size()) return malformed("A header line has no colon.");
  if (is_blank(line[colon])) return malformed("A blank stands before the colon of a header field.");
  if (line[colon] != ':') return malformed("The name of a header field holds a character that may not stand there.");
  if (colon == 0) return malformed("A header field has no name.");
  return store_field({line.substr(0, colon), trim_blanks(line.substr(colon + 1))}, limits, request);
}

Refusal RequestParser::store_field(Field field, const HeadLimits& limits, Request& request) {
  field.known = find_known_field(field.name);
  if (field.known != KnownField::kOther) {
    if (const Refusal refusal = note_known(field.known, field.value, request)) return refusal;
  }
  // The first line of a known name repeats nothing.
  const bool may_repeat = field.known == KnownField::kOther || request.lines(field.known) > 1;
  const std::uint32_t print = may_repeat ? fingerprint(field) : kAnyFingerprint;
  if (may_repeat && repeats_earlier(field, print, request)) return {};
  if (request.fields_.size() >= limits.fields_max) {
    return {ErrorCode::kHeadTooLarge, "The request has more different header fields than this server takes.",
            limits.fields_max};
  }
  request.fields_.push_back({place(field.name, request), place(field.value, request), print, field.known});
  return {};
}

bool RequestParser::repeats_earlier(const Field& field, std::uint32_t print, const Request& request) {
  return std::ranges::any_of(request.fields_, [&](const Request::FieldPlace& earlier) {
    return earlier.known == field.known && (earlier.fingerprint == print || earlier.fingerprint == kAnyFingerprint) &&
           request.view(earlier.value) == field.value && equal_ignoring_case(request.view(earlier.name), field.name);
  });
}

Refusal RequestParser::note_known(KnownField known, std::string_view value, Request& request) {
  auto& slot = request.known_[static_cast<std::size_t>(known)];
  if (slot.lines == 0) slot.first = place(value, request);
  if (slot.lines < 255) ++slot.lines;
  if (known == KnownField::kConnection) {
    for_each_element(value, [this](std::string_view option) {
      wants_close_ |= equals_lower(option, "close");
      wants_keep_alive_ |= equals_lower(option, "keep-alive");
    });
  } else if (known == KnownField::kExpect && request.expectation_ != Request::Expectation::kOther) {
    request.expectation_ =
        equals_lower(value, "100-continue") ? Request::Expectation::kContinue : Request::Expectation::kOther;
  } else if (known == KnownField::kContentLength) {
    if (slot.lines > 1) return malformed("The request has several Content-Length fields.");
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), request.content_length_);
    if (error != std::errc() || end != value.data() + value.size()) {
      return malformed("The Content-Length is not a number.");
    }
  }
  return {};
}

Refusal RequestParser::finish(Request& request) const {
  // RFC 9112 section 9.3; an Expect of HTTP/1.0 is ignored (RFC 9110 section 10.1.1).
  request.keep_alive_ = !wants_close_ && (!request.http_1_0_ || wants_keep_alive_);
  if (request.http_1_0_) request.expectation_ = Request::Expectation::kNone;
  request.chunked_ = request.has(KnownField::kTransferEncoding);
  if (const Refusal refusal = check_host(request)) return refusal;
  return check_framing(request);
}

Refusal RequestParser::check_host(const Request& request) {
  const std::size_t hosts = request.lines(KnownField::kHost);
  if (hosts > 1) return malformed("The request has several Host fields.");
  if (hosts == 0 && !request.http_1_0_) return malformed("The request has no Host field.");
  if (!is_valid_host(request.value(KnownField::kHost))) return malformed("The Host field is not valid.");
  return {};
}

// RFC 9112 section 6: one way to tell the length, or none.
Refusal RequestParser::check_framing(const Request& request) {
  if (!request.chunked_) return {};
  if (request.has(KnownField::kContentLength)) {
    return malformed("The request has both Content-Length and Transfer-Encoding.");
  }
  if (request.http_1_0_) return malformed("HTTP/1.0 has no Transfer-Encoding.");
  if (request.lines(KnownField::kTransferEncoding) > 1 ||
      !equals_lower(request.value(KnownField::kTransferEncoding), "chunked")) {
    return malformed("The Transfer-Encoding is not a single \"chunked\".");
  }
  return {};
}

}  // namespace propylon::http
