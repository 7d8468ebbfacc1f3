#include "support/json_members.h"

#include <stdexcept>

#include "json/document.h"
#include "json/writer.h"

namespace propylon::testing {
namespace {

constexpr json::DocumentLimits kLimits{.bytes = std::size_t{256} << 20, .depth = 1024};

template <class T>
T value_or_throw(Result<T> result, std::string_view text) {
  if (!result) throw std::runtime_error(result.error().message + ": " + std::string(text.substr(0, 1000)));
  return std::move(result).value();
}

}  // namespace

std::map<std::string, std::string> members_of(std::string_view object) {
  const auto document = value_or_throw(json::Document::parse_object(object, kLimits), object);
  std::map<std::string, std::string> members;
  for (const auto& name : document.object().names()) {
    const auto value = document.object().find(name);
    members[name] = value ? std::string(value->raw()) : "null";
  }
  return members;
}

std::vector<std::string> elements_of(std::string_view array) {
  const auto document = value_or_throw(json::Document::parse(array, kLimits), array);
  std::vector<std::string> elements;
  for (const auto& value : value_or_throw(document.root().array(""), array)) elements.emplace_back(value.raw());
  return elements;
}

std::string text_of(std::string_view string) {
  const auto document = value_or_throw(json::Document::parse(string, kLimits), string);
  return value_or_throw(document.root().string(""), string);
}

std::string json_string(std::string_view text) {
  std::string json;
  json::Writer(json).string(text);
  return json;
}

}  // namespace propylon::testing
