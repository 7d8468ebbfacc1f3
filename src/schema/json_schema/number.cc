#include "schema/json_schema/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/assert.h"

namespace propylon::schema::json_schema {
namespace {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

constexpr std::int64_t kExponentMax = 1'000'000'000'000;  // beyond it exponents are held to be equal
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

std::int64_t parse_exponent(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t value = 0;
  for (const char digit : digits) value = std::min(value * 10 + (digit - '0'), kExponentMax);
  return negative ? -value : value;
}

Decimal decimal_from_text(std::string_view text) {
  Decimal number;
  number.negative = text.starts_with('-');
  if (number.negative) text.remove_prefix(1);
  const auto exponent_at = text.find_first_of("eE");
  if (exponent_at != std::string_view::npos) number.exponent = parse_exponent(text.substr(exponent_at + 1));
  bool fraction = false;
  for (const char c : text.substr(0, exponent_at)) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (fraction) --number.exponent;
    if (c != '0' || !number.digits.empty()) number.digits.push_back(c);
  }
  while (number.digits.ends_with('0')) {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.digits.empty()) return {};
  return number;
}

int sign(bool less, bool more) { return static_cast<int>(more) - static_cast<int>(less); }

int compare_decimals(const Decimal& a, const Decimal& b) {
  const bool a_zero = a.digits.empty(), b_zero = b.digits.empty();
  if (a_zero && b_zero) return 0;
  if (a_zero) return b.negative ? 1 : -1;
  if (b_zero || a.negative != b.negative) return a.negative ? -1 : 1;
  const auto magnitude_a = a.exponent + static_cast<std::int64_t>(a.digits.size());
  const auto magnitude_b = b.exponent + static_cast<std::int64_t>(b.digits.size());
  const int larger = magnitude_a != magnitude_b ? sign(magnitude_a<magnitude_b, magnitude_a> magnitude_b)
                                                : sign(a.digits<b.digits, a.digits> b.digits);
  return a.negative ? -larger : larger;
}

// An integer (as 128 bits) with a double, exactly.
int compare_with_double(Int128 integer, double number) {
  if (number >= kTwoTo64) return -1;
  if (number < -kTwoTo63) return 1;
  const double whole = std::trunc(number);
  const auto other = static_cast<Int128>(whole);
  if (integer != other) return sign(integer<other, integer> other);
  return sign(whole<number, whole> number);
}

Int128 integer_of(const Tape& tape, Position at) {
  if (tape.tag(at) == 'l') return tape.signed_number(at);
  return tape.unsigned_number(at);
}

std::uint64_t modulo_power_of_ten(std::uint64_t power, std::uint64_t modulus) {
  Uint128 result = 1 % modulus, base = 10 % modulus;
  for (; power != 0; power >>= 1) {
    if ((power & 1) != 0) result = result * base % modulus;
    base = base * base % modulus;
  }
  return static_cast<std::uint64_t>(result);
}

std::uint64_t modulo_digits(std::string_view digits, std::uint64_t modulus) {
  Uint128 rest = 0;
  for (const char digit : digits) rest = (rest * 10 + static_cast<unsigned>(digit - '0')) % modulus;
  return static_cast<std::uint64_t>(rest);
}

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 32;
  value *= 0x9E3779B97F4A7C15;
  return value ^ value >> 29;
}

std::uint64_t hash_double(double number) {
  if (number == std::trunc(number) && number >= -kTwoTo63 && number < kTwoTo63)
    return mix(static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
  return mix(std::bit_cast<std::uint64_t>(number));
}

double nearest_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{}) return value;
  const Decimal number = decimal_from_text(text);
  if (number.digits.empty() || number.exponent + static_cast<std::int64_t>(number.digits.size()) < 0) return 0;
  return number.negative ? -HUGE_VAL : HUGE_VAL;
}

}  // namespace

ParsedNumber parse_number(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (text.find_first_of(".eE") != std::string_view::npos) {
    const double value = nearest_double(text);
    return std::isfinite(value) ? ParsedNumber{'d', std::bit_cast<std::uint64_t>(value)} : ParsedNumber{'N', 0};
  }
  std::int64_t integer = 0;
  if (std::from_chars(text.data(), end, integer).ec == std::errc{}) return {'l', static_cast<std::uint64_t>(integer)};
  std::uint64_t large = 0;
  if (!text.starts_with('-') && std::from_chars(text.data(), end, large).ec == std::errc{}) return {'u', large};
  return {'N', 0};
}

Decimal to_decimal(const Tape& tape, Position at) {
  return decimal_from_text(tape.tag(at) == 'N' ? std::string(tape.text(at)) : number_text(tape, at));
}

int compare_numbers(const Tape& a, Position at_a, const Tape& b, Position at_b) {
  const char tag_a = a.tag(at_a), tag_b = b.tag(at_b);
  if (tag_a == 'l' && tag_b == 'l') {
    const auto left = a.signed_number(at_a), right = b.signed_number(at_b);
    return sign(left<right, left> right);
  }
  if (tag_a == 'N' || tag_b == 'N') return compare_decimals(to_decimal(a, at_a), to_decimal(b, at_b));
  if (tag_a == 'd' && tag_b == 'd') {
    const auto left = a.double_number(at_a), right = b.double_number(at_b);
    return sign(left<right, left> right);
  }
  if (tag_b == 'd') return compare_with_double(integer_of(a, at_a), b.double_number(at_b));
  if (tag_a == 'd') return -compare_with_double(integer_of(b, at_b), a.double_number(at_a));
  const auto left = integer_of(a, at_a), right = integer_of(b, at_b);
  return sign(left<right, left> right);
}

bool is_integer(const Tape& tape, Position at) {
  switch (tape.tag(at)) {
    case 'l':
    case 'u': return true;
    case 'd': return tape.double_number(at) == std::trunc(tape.double_number(at));
    case 'N': return to_decimal(tape, at).exponent >= 0;
    default: return false;
  }
}

// With digits that end in no zero, a * 10^x is a multiple of b * 10^y only if x >= y and b divides a * 10^(x-y).
bool is_multiple(const Tape& tape, Position at, const Decimal& divisor) {
  const Decimal number = to_decimal(tape, at);
  if (number.digits.empty()) return true;
  if (number.exponent < divisor.exponent) return false;
  std::uint64_t modulus = 0;
  std::from_chars(divisor.digits.data(), divisor.digits.data() + divisor.digits.size(), modulus);
  PPL_ASSERT(modulus != 0);
  const auto power = static_cast<std::uint64_t>(number.exponent - divisor.exponent);
  return static_cast<Uint128>(modulo_digits(number.digits, modulus)) * modulo_power_of_ten(power, modulus) % modulus ==
         0;
}

std::uint64_t hash_number(const Tape& tape, Position at) {
  switch (tape.tag(at)) {
    case 'l': return mix(static_cast<std::uint64_t>(tape.signed_number(at)));
    case 'u': return hash_double(static_cast<double>(tape.unsigned_number(at)));
    case 'd': return hash_double(tape.double_number(at));
    default: return hash_double(nearest_double(tape.text(at)));
  }
}

std::string number_text(const Tape& tape, Position at) {
  if (tape.tag(at) == 'N') return std::string(tape.text(at));
  std::array<char, 32> text;
  const auto written = [&] {
    switch (tape.tag(at)) {
      case 'l': return std::to_chars(text.begin(), text.end(), tape.signed_number(at));
      case 'u': return std::to_chars(text.begin(), text.end(), tape.unsigned_number(at));
      default: return std::to_chars(text.begin(), text.end(), tape.double_number(at));
    }
  }();
  return {text.begin(), written.ptr};
}

std::int64_t to_count(const Tape& tape, Position at) {
  if (!tape.is_number(at) || !is_integer(tape, at)) return -1;
  switch (tape.tag(at)) {
    case 'l': return std::max<std::int64_t>(tape.signed_number(at), -1);
    case 'u': return INT64_MAX;
    case 'd': {
      const double value = tape.double_number(at);
      if (value < 0) return -1;
      return value >= kTwoTo63 ? INT64_MAX : static_cast<std::int64_t>(value);
    }
    default: return tape.text(at).starts_with('-') ? -1 : INT64_MAX;
  }
}

}  // namespace propylon::schema::json_schema
