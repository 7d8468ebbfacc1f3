// One HTTP request as a handler sees it: method, target, fields and body, as views into bytes that others own.
//
// Filled by request_parser.h. Places are kept as offsets, so that the bytes may move (Exchange::keep()) without a
// second parse. How long the views live: exchange.h. Thread: the loop of its connection.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/bytes.h"

namespace propylon::http {

// Methods that are told apart; any other one is 400 before a handler hears of it. TRACE and CONNECT are known so
// that they get 405 with Allow; no route has them. OPTIONS is answered by the server itself.
enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kTrace, kConnect };

// As it stands in a request line, for example "POST".
std::string_view to_string(Method method);

// Fields found while parsing, so that nobody has to search for them.
enum class KnownField : std::uint8_t {
  kAccept,
  kAccessControlRequestHeaders,
  kAccessControlRequestMethod,
  kAuthorization,
  kConnection,
  kContentEncoding,
  kContentLength,
  kContentType,
  kExpect,
  kHost,
  kIdempotencyKey,
  kIfMatch,
  kIfNoneMatch,
  kOrigin,
  kSecFetchMode,
  kTransferEncoding,
  kXRequestId,
  kOther,  // any name but these
};
inline constexpr std::size_t kKnownFields = static_cast<std::size_t>(KnownField::kOther);

// One field line. The name as the client wrote it, the value without the blanks around it; any bytes but control
// characters (a tab may stand inside a value).
struct Field {
  std::string_view name;
  std::string_view value;
  KnownField known = KnownField::kOther;
};

class Request {
 public:
  Method method() const { return method_; }
  // True for HTTP/1.0.
  bool is_http_1_0() const { return http_1_0_; }
  // The target as sent, in any of its forms.
  std::string_view target() const { return view(target_); }
  // From the first slash up to the query, not decoded; "*" for OPTIONS *. Not empty.
  std::string_view path() const { return path_.size == 0 ? std::string_view("/") : view(path_); }
  // After the question mark, not decoded; empty when there is none. May hold a token: never log it.
  std::string_view query() const { return view(query_); }

  // Field lines in the order of arrival; a line that repeats name and value of an earlier one is left out, lines
  // of one name with different values are separate.
  std::size_t field_count() const { return fields_.size(); }
  Field field(std::size_t index) const {
    const FieldPlace& place = fields_[index];
    return {view(place.name), view(place.value), place.known};
  }

  bool has(KnownField field) const { return known_[static_cast<std::size_t>(field)].lines != 0; }
  // The value of the first line of that name, "" when there is none (has() tells an empty value from none).
  std::string_view value(KnownField field) const { return view(known_[static_cast<std::size_t>(field)].first); }
  // How many lines had that name, equal repeats included; counts to 255.
  std::size_t lines(KnownField field) const { return known_[static_cast<std::size_t>(field)].lines; }

  // The whole body, content codings removed; empty while Handler::admit() looks at the head.
  ByteView body() const { return body_; }
  // The body's Content-Encoding named a coding and it was removed.
  bool body_was_decoded() const { return body_was_decoded_; }

  // Sent by a page in a browser (Origin or Sec-Fetch-Mode): a Basic challenge would open a login box there.
  bool from_browser() const { return has(KnownField::kOrigin) || has(KnownField::kSecFetchMode); }
  // The connection may serve another request after this one, as far as the client's head says.
  bool keep_alive() const { return keep_alive_; }

  // Framing and expectation, for the part that reads the body.
  bool is_chunked() const { return chunked_; }
  std::uint64_t content_length() const { return content_length_; }  // 0 when there is none
  bool expects_continue() const { return expectation_ == Expectation::kContinue; }
  bool expects_other() const { return expectation_ == Expectation::kOther; }

 private:
  friend class RequestParser;
  friend class RequestInput;

  enum class Expectation : std::uint8_t { kNone, kContinue, kOther };

  struct Place {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct FieldPlace {
    Place name;
    Place value;
    std::uint32_t fingerprint;
    KnownField known;
  };
  struct Known {
    Place first;
    std::uint8_t lines = 0;
  };

  std::string_view view(Place place) const { return {head_ + place.at, place.size}; }

  const char* head_ = "";  // the bytes that every Place counts from
  ByteView body_;
  std::vector<FieldPlace> fields_;
  std::array<Known, kKnownFields> known_{};
  Place target_;
  Place path_;
  Place query_;
  std::uint64_t content_length_ = 0;
  Method method_ = Method::kGet;
  Expectation expectation_ = Expectation::kNone;
  bool chunked_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool body_was_decoded_ = false;
};

}  // namespace propylon::http
