#include "api/admin_body.h"

#include <algorithm>
#include <utility>

namespace propylon::api {
namespace {

std::unexpected<Error> refuse_field(std::string path, const std::string& wanted) {
  std::string message = "The field \"" + path + "\" must be " + wanted + ".";
  return fail(ErrorCode::kInvalidRequest, std::move(message), std::move(path));
}

std::string list_of(std::initializer_list<std::string_view> words) {
  std::string list;
  for (const auto word : words) {
    if (!list.empty()) list += word == *(words.end() - 1) ? " or " : ", ";
    list.append("\"").append(word).append("\"");
  }
  return list;
}

}  // namespace

bool AdminFields::resets(std::string_view name) const {
  return null_means_ == NullMeans::kDefault && object_.is_null(name);
}

Result<std::optional<std::string>> AdminFields::string(std::string_view name, std::string fallback) const {
  if (resets(name)) return std::optional(std::move(fallback));
  const auto value = find(name);
  if (!value) return std::optional<std::string>();
  return std::optional(PPL_TRY(value->string(path_of(name))));
}

Result<std::optional<bool>> AdminFields::boolean(std::string_view name, bool fallback) const {
  if (resets(name)) return std::optional(fallback);
  const auto value = find(name);
  if (!value) return std::optional<bool>();
  return std::optional(PPL_TRY(value->boolean(path_of(name))));
}

Result<std::optional<std::uint64_t>> AdminFields::number(std::string_view name, Range range,
                                                         std::uint64_t fallback) const {
  if (resets(name)) return std::optional(fallback);
  const auto value = find(name);
  if (!value) return std::optional<std::uint64_t>();
  const std::int64_t number = PPL_TRY(value->integer(path_of(name)));
  if (number < 0 || std::cmp_less(number, range.min) || std::cmp_greater(number, range.max))
    return refuse_field(path_of(name), "from " + std::to_string(range.min) + " to " + std::to_string(range.max));
  return std::optional(static_cast<std::uint64_t>(number));
}

Result<std::optional<std::size_t>> AdminFields::word(std::string_view name,
                                                     std::initializer_list<std::string_view> words,
                                                     std::size_t fallback) const {
  if (resets(name)) return std::optional(fallback);
  const auto value = find(name);
  if (!value) return std::optional<std::size_t>();
  const std::string text = PPL_TRY(value->string(path_of(name)));
  const auto* const found = std::ranges::find(words, text);
  if (found == words.end()) return refuse_field(path_of(name), list_of(words));
  return std::optional(static_cast<std::size_t>(found - words.begin()));
}

Result<std::optional<AdminFields>> AdminFields::object(std::string_view name,
                                                       std::initializer_list<std::string_view> known) const {
  const auto value = find(name);
  if (!value) return std::optional<AdminFields>();
  return std::optional(PPL_TRY(element(*value, path_of(name), known)));
}

Result<AdminFields> AdminFields::element(const json::Value& value, const std::string& path,
                                         std::initializer_list<std::string_view> known) const {
  AdminFields inside(PPL_TRY(value.object(path)), null_means_, path + ".");
  PPL_CHECK(inside.refuse_unknown(known));
  return inside;
}

Result<void> AdminFields::refuse_unknown(std::initializer_list<std::string_view> known) const {
  for (const auto& name : object_.names()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return fail(ErrorCode::kInvalidRequest,
                "The field \"" + path_of(name) + "\" is not known here; known " + (known.size() == 1 ? "is " : "are ") +
                    list_of(known) + ".",
                path_of(name));
  }
  return {};
}

Result<AdminBody> AdminBody::read(ByteView body, NullMeans null_means, std::initializer_list<std::string_view> known) {
  const std::string_view text = body.empty() ? std::string_view("{}") : std::string_view(body);
  AdminBody read(PPL_TRY(json::Document::parse_object(text, {.bytes = text.size()})), null_means);
  PPL_CHECK(read.fields().refuse_unknown(known));
  return read;
}

}  // namespace propylon::api
