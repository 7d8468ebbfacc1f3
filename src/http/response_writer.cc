#include "http/response_writer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace propylon::http {
namespace {

constexpr std::string_view kRequestId = "X-Request-Id: ";

// RFC 9110 section 5.6.7, in English whatever the locale.
std::string date_line(WallTime now) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  return fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                     kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

}  // namespace

// Once a second: makes the Date, and with it the lines that do not change until the next one.
void ResponseWriter::renew(SteadyTime now) {
  if (now < date_until_) return;
  const WallTime wall = clock_.wall();
  date_ = date_line(wall);
  date_until_ = now + (std::chrono::floor<std::chrono::seconds>(wall) + std::chrono::seconds(1) - wall);
  usual_.clear();
  cors_.append_answer(usual_, cors_.allowed_origin(), {});
  usual_.append(date_).append(kRequestId);
}

void ResponseWriter::append_end(std::string& out, std::string_view request_id, AfterAnswer after) {
  out.append(request_id);
  switch (after) {
    case AfterAnswer::kKeepOpen: out.append("\r\n\r\n"); return;
    case AfterAnswer::kSayKeepOpen: out.append("\r\nConnection: keep-alive\r\n\r\n"); return;
    case AfterAnswer::kClose: out.append("\r\nConnection: close\r\n\r\n"); return;
  }
}

void ResponseWriter::append_head(std::string& out, const Response& response, std::string_view allowed_origin,
                                 std::string_view request_id, AfterAnswer after, SteadyTime now) {
  if (const PreparedResponse* prepared = response.prepared()) {
    out.append(prepared->head());
  } else {
    out.append("HTTP/1.1 ");
    append_number(out, response.status());
    out.append(" ").append(reason_phrase(response.status())).append("\r\n");
    if (!response.content_type().empty()) {
      out.append("Content-Type: ").append(response.content_type()).append("\r\n");
    }
    if (has_body(response.status())) {
      out.append("Content-Length: ");
      append_number(out, response.body().size());
      out.append("\r\n");
    }
  }
  out.append(response.headers());
  renew(now);
  if (allowed_origin == cors_.allowed_origin() && response.vary().empty()) {
    out.append(usual_);
  } else {
    cors_.append_answer(out, allowed_origin, response.vary());
    out.append(date_).append(kRequestId);
  }
  append_end(out, request_id, after);
}

void ResponseWriter::append_preflight(std::string& out, const Request& request, std::string_view request_id,
                                      AfterAnswer after, SteadyTime now) {
  out.append("HTTP/1.1 204 No Content\r\n");
  cors_.append_preflight(out, request);
  renew(now);
  out.append(date_).append(kRequestId);
  append_end(out, request_id, after);
}

}  // namespace propylon::http
