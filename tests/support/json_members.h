// Takes the JSON of answers apart, for tests.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::testing {

// The members of an object, each value as it was written. Throws std::runtime_error when it is none.
std::map<std::string, std::string> members_of(std::string_view object);
// The elements of an array, each as it was written. Throws std::runtime_error when it is none.
std::vector<std::string> elements_of(std::string_view array);
// The text of a JSON string. Throws std::runtime_error when it is none.
std::string text_of(std::string_view string);
// `text` as a JSON string.
std::string json_string(std::string_view text);

}  // namespace propylon::testing
