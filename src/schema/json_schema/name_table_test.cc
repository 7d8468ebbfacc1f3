#include "schema/json_schema/name_table.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <set>

#include "core/long_tests.h"
#include "schema/json_schema/characters.h"

namespace propylon::schema::json_schema {
namespace {

// A text as it lies on a tape, with what is not its own behind it.
std::string on_tape(std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  std::string laid(sizeof(length), '\0');
  std::memcpy(laid.data(), &length, sizeof(length));
  return laid.append(text).append(1, '\0').append(kTextPadding, '\x80');
}

TEST(NameTable, FindsEachNameAndNothingLikeIt) {
  std::vector<std::string> names;
  // Of every length, some alike but for one byte at the front, in the middle or at the end, some with a NUL inside.
  for (std::size_t length = 0; length <= 40; ++length) {
    std::set<std::string> alike = {std::string(length, 'a')};
    for (const std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
      for (const char other : {'b', '\0'}) {
        std::string name(length, 'a');
        if (at < length) name[at] = other;
        alike.insert(name);
      }
    }
    names.insert(names.end(), alike.begin(), alike.end());
  }
  std::vector<int> values(names.size());
  std::iota(values.begin(), values.end(), 0);
  NameTable<int> table;
  table.build(names, values);
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    const std::string text = on_tape(names[i]);
    const auto* const found = table.find(text.data());
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(table.index_of(found), i);
    EXPECT_EQ(found->value, static_cast<int>(i));
    for (std::uint32_t k = 0; k <= names.size(); ++k)
      EXPECT_EQ(table.is(table.first() + k, text.data()), k == i) << k << ' ' << i;
    EXPECT_EQ(table.find(on_tape(names[i] + "c").data()), nullptr);
    if (!names[i].empty()) {
      std::string other = names[i];
      other.back() = 'c';
      EXPECT_EQ(table.find(on_tape(other).data()), nullptr);
    }
  }
}

TEST(NameTable, FindsNothingWithoutNames) {
  NameTable<int> fresh, empty;
  empty.build({}, {});
  for (const char* text : {"", "a", "a name of more than twelve bytes"}) {
    for (const NameTable<int>* table : {&fresh, &empty}) {
      EXPECT_EQ(table->find(on_tape(text).data()), nullptr);
      EXPECT_FALSE(table->is(table->first(), on_tape(text).data()));
    }
  }
}

TEST(Characters, AreCountedAndNotBytes) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  const std::string_view characters[] = {"a", "\x7F", "\xC2\x80", "\xC3\xBF", "\xE2\x82\xAC", "\xF4\x8F\xBF\xBF"};
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    const std::size_t count = random() % 40;
    for (std::size_t k = 0; k < count; ++k) text += characters[random() % std::size(characters)];
    const std::string laid = on_tape(text);
    EXPECT_EQ(code_points(std::string_view(laid).substr(sizeof(std::uint32_t), text.size())), count) << text;
  }
}

}  // namespace
}  // namespace propylon::schema::json_schema
