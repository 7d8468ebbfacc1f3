// RFC 3339.
#include "schema/json_schema/format_rules.h"

namespace propylon::schema::json_schema {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `digits` digits from the front; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool in_range(int value, int max) { return value >= 0 && value <= max; }

int days_in(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The offset in minutes that local time is ahead of UTC; false when it is none.
bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take(text, 'Z') || take(text, 'z')) return true;
  const bool behind = text.starts_with('-');
  if (!take(text, '+') && !take(text, '-')) return false;
  const int hour = take_number(text, 2);
  if (!in_range(hour, 23) || !take(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (!in_range(minute, 59)) return false;
  minutes = (hour * 60 + minute) * (behind ? -1 : 1);
  return true;
}

}  // namespace

bool is_date(std::string_view text) {
  const int year = take_number(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_number(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return false;
  const int day = take_number(text, 2);
  return day >= 1 && day <= days_in(year, month) && text.empty();
}

bool is_time(std::string_view text) {
  const int hour = take_number(text, 2);
  if (!in_range(hour, 23) || !take(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (!in_range(minute, 59) || !take(text, ':')) return false;
  const int second = take_number(text, 2);
  if (!in_range(second, 60)) return false;
  if (take(text, '.')) {
    if (text.empty() || !is_digit(text.front())) return false;
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  }
  int offset = 0;
  if (!take_offset(text, offset) || !text.empty()) return false;
  constexpr int kDay = 24 * 60;
  return second < 60 || (hour * 60 + minute - offset + kDay) % kDay == kDay - 1;  // a leap second is 23:59:60 in UTC
}

bool is_date_time(std::string_view text) {
  constexpr std::size_t kDateLength = 10;
  if (text.size() <= kDateLength || (text[kDateLength] != 'T' && text[kDateLength] != 't')) return false;
  return is_date(text.substr(0, kDateLength)) && is_time(text.substr(kDateLength + 1));
}

bool is_duration(std::string_view text) {
  if (!take(text, 'P') || text.empty()) return false;
  std::string_view units = "YMWD";
  bool in_time = false, weeks = false;
  int parts = 0;
  while (!text.empty()) {
    if (text.front() == 'T') {
      if (in_time || weeks) return false;
      in_time = true;
      units = "HMS";
      text.remove_prefix(1);
      if (text.empty()) return false;
      continue;
    }
    if (!is_digit(text.front())) return false;
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    if (text.empty()) return false;
    const auto unit = units.find(text.front());
    if (unit == std::string_view::npos) return false;
    weeks = weeks || (!in_time && text.front() == 'W');
    units.remove_prefix(unit + 1);
    text.remove_prefix(1);
    ++parts;
  }
  return parts > 0 && (!weeks || parts == 1);
}

}  // namespace propylon::schema::json_schema
