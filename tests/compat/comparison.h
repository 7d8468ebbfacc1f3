// Compares an answer of ours with a recorded one.
#pragma once
#include <string>
#include <string_view>

namespace propylon::compat {

// Whether two texts are the same JSON value: members in any order, numbers as written.
bool same_json(std::string_view a, std::string_view b);

// What is wrong with our body where only the shape must be the reference's; empty when nothing is. Of an object every
// member must be there, `message`, `error` and `success` with the same value; of a list every item, with the same
// `message`. What an error says about a JSON syntax fault may differ. Where the reference answered text, ours must be
// the common error object.
std::string difference_in_shape(std::string_view ours, std::string_view reference);

}  // namespace propylon::compat
