// Numbers in files: little endian, at any alignment.
#pragma once
#include <bit>
#include <cstring>
#include <type_traits>

namespace propylon::log {

static_assert(std::endian::native == std::endian::little, "files are read and written as they stand in memory");

template <class Number>
Number load(const char* at) {
  static_assert(std::is_integral_v<Number>);
  Number value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class Number>
void store(char* at, std::type_identity_t<Number> value) {
  static_assert(std::is_integral_v<Number>);
  std::memcpy(at, &value, sizeof value);
}

}  // namespace propylon::log
