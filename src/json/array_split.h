// Splits a JSON array into its elements as they were written: one message each, byte for byte.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace propylon::json {

struct ArrayLimits {
  std::size_t elements = 10'000;
  std::size_t depth = 1024;  // brackets and braces inside each other, the array itself included
};

// Reads all of `text` strictly (RFC 8259, UTF-8, nothing behind the array; a byte order mark in front of it is passed
// over) and puts a view of each element, without the blanks around it, into `elements`, which is emptied first and
// keeps its capacity. The views live as long as the text. Numbers may be of any size: they are not converted. Errors:
// kInvalidJson, whose message ends in the position ("at byte 17", 0 based; the length when the text ends too early);
// kInvalidRequest for a JSON value of another type, saying which; kBodyTooLarge for more elements than allowed.
// `elements` is empty then.
Result<void> split_array(std::string_view text, std::vector<std::string_view>& elements, ArrayLimits limits = {});

}  // namespace propylon::json
