#include "core/rfc3339.h"

namespace propylon {
namespace {

// Reads from the front; once something does not fit, nothing does.
class Reader final {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Exactly so many digits, at most `max` in value.
  int number(std::size_t digits, int max) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
    good_ = good_ && value <= max;
    return value;
  }
  // One of these characters; which.
  char one_of(std::string_view characters) {
    good_ = good_ && !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
    return good_ ? take() : '\0';
  }
  // ".25": in microseconds; 0 when there is none.
  std::chrono::microseconds fraction() {
    if (!good_ || rest_.empty() || rest_.front() != '.') return {};
    take();
    std::int64_t value = digit();
    std::int64_t unit = 100'000;
    value *= unit;
    while (good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      unit /= 10;
      value += digit() * unit;
    }
    return std::chrono::microseconds(value);
  }
  bool good_and_finished() const { return good_ && rest_.empty(); }

 private:
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }
  int digit() {
    good_ = good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    return good_ ? take() - '0' : 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::chrono::minutes read_offset(Reader& reader) {
  const char sign = reader.one_of("Zz+-");
  if (sign != '+' && sign != '-') return {};
  const std::chrono::hours hours(reader.number(2, 23));
  reader.one_of(":");
  const std::chrono::minutes offset = hours + std::chrono::minutes(reader.number(2, 59));
  return sign == '+' ? offset : -offset;
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  Reader reader(text);
  const year the_year(reader.number(4, 9999));
  reader.one_of("-");
  const month the_month(static_cast<unsigned>(reader.number(2, 12)));
  reader.one_of("-");
  const day the_day(static_cast<unsigned>(reader.number(2, 31)));
  reader.one_of("Tt");
  const hours hour(reader.number(2, 23));
  reader.one_of(":");
  const minutes minute(reader.number(2, 59));
  reader.one_of(":");
  const seconds second(reader.number(2, 60));
  const microseconds fraction = reader.fraction();
  const minutes offset = read_offset(reader);
  const year_month_day date(the_year, the_month, the_day);
  if (!reader.good_and_finished() || !date.ok()) return std::nullopt;
  return WallTime(sys_days(date)) + hour + minute + second + fraction - offset;
}

}  // namespace propylon
