#include "json/array_split.h"

#include "json/scanner.h"
#include "json/utf8.h"

namespace propylon::json {
namespace {

std::unexpected<Error> refuse(const Scanner& scanner, std::vector<std::string_view>& elements) {
  elements.clear();
  return std::unexpected(scan_error(scanner));
}

// The text does not begin with a bracket: another value, or no JSON at all.
std::unexpected<Error> refuse_other(Scanner& scanner, std::string_view text) {
  const std::size_t begin = scanner.offset();
  NoEvents events;
  if (!scanner.value(events)) return std::unexpected(scan_error(scanner));
  scanner.skip_blanks();
  if (!scanner.at_end()) return std::unexpected(scan_error(scanner));
  if (!valid_utf8(text)) return std::unexpected(utf8_error(text));
  return std::unexpected(wrong_type_error(text[begin], "a JSON array", begin));
}

}  // namespace

Result<void> split_array(std::string_view text, std::vector<std::string_view>& elements, ArrayLimits limits) {
  elements.clear();
  Scanner scanner(text, limits.depth - 1);
  NoEvents events;
  scanner.skip_byte_order_mark();
  scanner.skip_blanks();
  if (!scanner.take('[')) return refuse_other(scanner, text);
  scanner.skip_blanks();
  for (bool more = !scanner.take(']'); more;) {
    scanner.skip_blanks();
    const char* const start = scanner.position();
    if (!scanner.value(events)) return refuse(scanner, elements);
    if (elements.size() == limits.elements) {
      elements.clear();
      return fail(ErrorCode::kBodyTooLarge,
                  "The array has more than " + std::to_string(limits.elements) + " elements.");
    }
    elements.emplace_back(start, static_cast<std::size_t>(scanner.position() - start));
    scanner.skip_blanks();
    more = scanner.take(',');
    if (!more && !scanner.take(']')) return refuse(scanner, elements);
  }
  scanner.skip_blanks();
  if (!scanner.at_end()) return refuse(scanner, elements);
  if (!valid_utf8(text)) {
    elements.clear();
    return std::unexpected(utf8_error(text));
  }
  return {};
}

}  // namespace propylon::json
