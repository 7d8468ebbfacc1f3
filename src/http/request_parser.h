// Reads the head of an HTTP/1.x request: strict, in one pass, in as many pieces as it comes.
//
// Everything that two parties could read in two ways is refused (RFC 9112): what follows a head must begin at the
// same byte for us and for every proxy before us. Whole or in pieces, the same bytes give the same result.
// The parser remembers up to where it looked, so a head that comes byte by byte costs no more than one in one piece.
// Thread: caller serialises.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/refusal.h"
#include "http/request.h"

namespace propylon::http {

struct HeadLimits {
  std::size_t head_bytes_max;    // request line, fields and the line ends, all together
  std::size_t fields_max;        // different fields; equal repeats of a line count once
  std::size_t target_bytes_max;  // kTargetTooLong above
};

class RequestParser final {
 public:
  enum class Progress : std::uint8_t {
    kNeedMore,  // the head is not complete; call again with the same bytes and more
    kComplete,  // head_bytes() is set and the request filled
    kRefused,   // refusal() says why; where the next request begins is not known, so the connection must close
  };

  // Makes ready for another request.
  void start(Request& request);
  // `bytes` begins with the first byte of the head, at every call; they may have moved meanwhile. The same request
  // must be given at every call (its offsets are part of the state). Refusals: kMalformedHttp, kHttpVersion,
  // kHeadTooLarge, kTargetTooLong.
  Progress parse(std::string_view bytes, const HeadLimits& limits, Request& request);

  // Bytes up to and with the empty line.
  std::size_t head_bytes() const { return line_at_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  Progress refuse(Refusal refusal);
  Refusal check_size(std::size_t line_end, const HeadLimits& limits) const;
  Refusal read_request_line(std::string_view line, const HeadLimits& limits, Request& request);
  Refusal read_version(std::string_view version, Request& request) const;
  Refusal read_field_line(std::string_view line, const HeadLimits& limits, Request& request);
  Refusal store_field(Field field, const HeadLimits& limits, Request& request);
  static bool repeats_earlier(const Field& field, std::uint32_t print, const Request& request);
  Refusal note_known(KnownField known, std::string_view value, Request& request);
  Refusal finish(Request& request) const;
  static Refusal check_framing(const Request& request);
  static Refusal check_host(const Request& request);
  static Request::Place place(std::string_view part, const Request& request);

  std::size_t line_at_ = 0;  // where the line begins that is not read yet
  std::size_t scanned_ = 0;  // no line end before this place
  Refusal refusal_;
  int empty_lines_ = 0;
  bool in_fields_ = false;
  bool wants_close_ = false;
  bool wants_keep_alive_ = false;
};

}  // namespace propylon::http
