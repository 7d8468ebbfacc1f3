#include "comparison.h"

#include <algorithm>

#include "json/document.h"

namespace propylon::compat {
namespace {

bool same(const json::Value& a, const json::Value& b);

bool same_objects(const json::Object& a, const json::Object& b) {
  auto a_names = a.names();
  auto b_names = b.names();
  std::ranges::sort(a_names);
  std::ranges::sort(b_names);
  if (a_names != b_names) return false;
  return std::ranges::all_of(a_names, [&](const std::string& name) {
    if (a.is_null(name) || b.is_null(name)) return a.is_null(name) && b.is_null(name);
    return same(*a.find(name), *b.find(name));
  });
}

bool same(const json::Value& a, const json::Value& b) {
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case json::Type::kObject: return same_objects(a.object("a").value(), b.object("b").value());
    case json::Type::kArray: return std::ranges::equal(a.array("a").value(), b.array("b").value(), same);
    case json::Type::kString: {
      const auto x = a.string("a");
      const auto y = b.string("b");
      return x && y ? *x == *y : a.raw() == b.raw();
    }
    case json::Type::kNull:
    case json::Type::kBoolean:
    case json::Type::kNumber: return a.raw() == b.raw();
  }
  return false;
}

bool must_be_equal(std::string_view member) {
  return member == "message" || member == "error" || member == "success" || member == "status";
}

// What a JSON parser has to say behind this is its own.
bool both_say_bad_json(const json::Value& ours, const json::Value& reference) {
  constexpr std::string_view kBadJson = "Schema validation has failed: Bad JSON format - ";
  const auto a = ours.string("a");
  const auto b = reference.string("b");
  return a && b && a->starts_with(kBadJson) && b->starts_with(kBadJson);
}

std::string object_difference(const json::Object& ours, const json::Object& reference) {
  for (const auto& name : reference.names()) {
    const auto expected = reference.find(name);
    const auto got = ours.find(name);
    if (expected && !got) return "member " + name + " is missing";
    if (expected && must_be_equal(name) && !same(*got, *expected) && !both_say_bad_json(*got, *expected)) {
      return name + " is " + std::string(got->raw()) + " instead of " + std::string(expected->raw());
    }
  }
  return {};
}

std::string list_difference(const std::vector<json::Value>& ours, const std::vector<json::Value>& reference) {
  if (ours.size() != reference.size()) {
    return std::to_string(ours.size()) + " items instead of " + std::to_string(reference.size());
  }
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto item = object_difference(ours[i].object("item").value(), reference[i].object("item").value());
    if (!item.empty()) return "item " + std::to_string(i) + ": " + item;
  }
  return {};
}

}  // namespace

bool same_json(std::string_view a, std::string_view b) {
  const auto a_document = json::Document::parse(a);
  const auto b_document = json::Document::parse(b);
  return a_document && b_document && same(a_document->root(), b_document->root());
}

std::string difference_in_shape(std::string_view ours, std::string_view reference) {
  if (reference.empty()) return {};
  const auto our_document = json::Document::parse(ours);
  if (!our_document) return "the body is no JSON";
  const auto document = json::Document::parse(reference);
  const auto our_object = our_document->root().object("ours");
  if (!document) return our_object && our_object->find("code") ? "" : "the body is no error object";
  if (const auto list = document->root().array("reference")) {
    const auto our_list = our_document->root().array("ours");
    return our_list ? list_difference(*our_list, *list) : "the body is no list";
  }
  if (!our_object) return "the body is no object";
  return object_difference(*our_object, document->root().object("reference").value());
}

}  // namespace propylon::compat
