#include "api/admin_body.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon::api {
namespace {

Result<AdminBody> read(std::string_view body, NullMeans null_means = NullMeans::kAbsent) {
  return AdminBody::read(body, null_means, {"text", "flag", "number", "word", "inside"});
}

constexpr AdminFields::Range kRange{.min = 10, .max = 20};

TEST(AdminBody, LeavesOutWhatIsNotGiven) {
  for (const std::string_view body :
       {"", "{}", R"({"text":null,"flag":null,"number":null,"word":null,"inside":null})"}) {
    const auto put = read(body);
    ASSERT_TRUE(put) << body;
    const auto fields = put->fields();
    EXPECT_FALSE(*fields.string("text", "x"));
    EXPECT_FALSE(*fields.boolean("flag", true));
    EXPECT_FALSE(*fields.number("number", kRange, 15));
    EXPECT_FALSE(*fields.word("word", {"a", "b"}, 1));
    EXPECT_FALSE(*fields.object("inside", {}));
    EXPECT_FALSE(fields.resets("text"));
  }
}

TEST(AdminBody, ReadsWhatIsGiven) {
  const auto put =
      read(R"({"text":"a","text":"b","flag":false,"number":1.2e1,"word":"b","inside":{"number":20,"word":"a"}})");
  ASSERT_TRUE(put);
  const auto fields = put->fields();
  EXPECT_EQ(*fields.string("text", "x"), "b");
  EXPECT_EQ(*fields.boolean("flag", true), false);
  EXPECT_EQ(*fields.number("number", kRange, 15), 12U);
  EXPECT_EQ(*fields.word("word", {"a", "b"}, 0), 1U);
  const auto inside = fields.object("inside", {"number", "word"});
  ASSERT_TRUE(inside && *inside);
  EXPECT_EQ(*(*inside)->number("number", kRange, 15), 20U);
  EXPECT_EQ((*inside)->path_of("number"), "inside.number");
}

TEST(AdminBody, ANullInAPatchIsTheDefault) {
  const auto patch =
      read(R"({"text":null,"flag":null,"number":null,"word":null,"inside":{"number":null}})", NullMeans::kDefault);
  ASSERT_TRUE(patch);
  const auto fields = patch->fields();
  EXPECT_EQ(*fields.string("text", "x"), "x");
  EXPECT_EQ(*fields.boolean("flag", true), true);
  EXPECT_EQ(*fields.number("number", kRange, 15), 15U);
  EXPECT_EQ(*fields.word("word", {"a", "b"}, 1), 1U);
  EXPECT_TRUE(fields.resets("text"));
  EXPECT_FALSE(fields.resets("inside"));
  EXPECT_FALSE(fields.resets("absent"));
  const auto inside = fields.object("inside", {"number"});
  EXPECT_EQ(*(*inside)->number("number", kRange, 15), 15U);
}

TEST(AdminBody, RefusesAnUnknownFieldByName) {
  const auto refused = read(R"({"text":"a","txet":"b"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(refused.error().field, "txet");
  EXPECT_EQ(refused.error().message,
            "The field \"txet\" is not known here; known are \"text\", \"flag\", \"number\", \"word\" or \"inside\".");
  EXPECT_FALSE(read(R"({"txet":null})"));
  const auto nested = read(R"({"inside":{"tpye":1}})");
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->fields().object("inside", {"type"}).error().field, "inside.tpye");
}

TEST(AdminBody, RefusesWhatIsNoObject) {
  for (const std::string_view body : {"null", "[]", "1", "{", "{} x", "\xff", "a=b"}) {
    const auto refused = read(body);
    ASSERT_FALSE(refused) << body;
    const bool is_json = body == "null" || body == "[]" || body == "1";
    EXPECT_EQ(refused.error().code, is_json ? ErrorCode::kInvalidRequest : ErrorCode::kInvalidJson) << body;
  }
}

TEST(AdminBody, RefusesWrongTypesAndRangesNamingTheField) {
  const auto body =
      read(R"({"text":1,"flag":"true","number":9,"word":"c","inside":{"number":21,"text":1.5,"flag":-1}})");
  ASSERT_TRUE(body);
  const auto fields = body->fields();
  EXPECT_EQ(fields.string("text", "").error().field, "text");
  EXPECT_EQ(fields.boolean("flag", true).error().field, "flag");
  EXPECT_EQ(fields.number("number", kRange, 15).error().message, "The field \"number\" must be from 10 to 20.");
  EXPECT_EQ(fields.word("word", {"a", "b"}, 0).error().message, "The field \"word\" must be \"a\" or \"b\".");
  EXPECT_EQ(fields.object("text", {}).error().field, "text");
  const auto inside = *fields.object("inside", {"number", "text", "flag"});
  EXPECT_EQ(inside->number("number", kRange, 15).error().field, "inside.number");
  EXPECT_EQ(inside->number("text", kRange, 15).error().field, "inside.text");
  EXPECT_FALSE(inside->number("flag", {.min = 0, .max = 20}, 15));
}

}  // namespace
}  // namespace propylon::api
