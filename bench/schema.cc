// Compares judging a message by a JSON schema with rapidjson and valijson, in one run and in turns.
//
// Usage: propylon_bench_schema. Each figure is the time for one message with its parse, the median of many rounds; the
// ratios are what is worth quoting. Two cases: six fields in an object of 259 bytes; fifty fields in nested objects and
// arrays. All judge by the same text (draft 4, which all three know).
#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/reader.h>
#include <rapidjson/schema.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "core/assert.h"
#include "schema/json_schema/compile.h"
#include "six_fields.h"

namespace {

constexpr int kRounds = 41;
constexpr std::chrono::milliseconds kRoundLength(20);

struct Case {
  std::string name, schema, message;
};

Case six_fields() { return {"six fields", propylon::bench::kSixFieldsSchema, propylon::bench::kSixFieldsMessage}; }

// Five groups of ten fields, each beside an array of three small objects.
Case fifty_fields() {
  std::string schema = R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{)";
  std::string message = "{";
  for (int group = 0; group < 5; ++group) {
    schema += fmt::format(R"({}"group_{}":{{"type":"object","required":["text_0","number_1"],"properties":{{)",
                          group == 0 ? "" : ",", group);
    message += fmt::format(R"({}"group_{}":{{)", group == 0 ? "" : ",", group);
    for (int field = 0; field < 10; ++field) {
      const char* const comma = field == 0 ? "" : ",";
      switch (field % 5) {
        case 0:
          schema += fmt::format(R"({}"text_{}":{{"type":"string","minLength":2,"maxLength":100}})", comma, field);
          message += fmt::format(R"({}"text_{}":"the quick brown fox number {}")", comma, field, group * 10 + field);
          break;
        case 1:
          schema += fmt::format(R"({}"number_{}":{{"type":"integer","minimum":0,"maximum":1000000}})", comma, field);
          message += fmt::format(R"({}"number_{}":{})", comma, field, 1000 * group + field);
          break;
        case 2:
          schema += fmt::format(R"({}"ratio_{}":{{"type":"number","minimum":-1,"maximum":1}})", comma, field);
          message += fmt::format(R"({}"ratio_{}":0.{}5)", comma, field, group + 1);
          break;
        case 3:
          schema += fmt::format(R"({}"state_{}":{{"enum":["new","open","held","closed"]}})", comma, field);
          message += fmt::format(R"({}"state_{}":"held")", comma, field);
          break;
        default:
          schema += fmt::format(R"({}"flag_{}":{{"type":["boolean","null"]}})", comma, field);
          message += fmt::format(R"({}"flag_{}":{})", comma, field, group % 2 == 0 ? "true" : "null");
          break;
      }
    }
    schema += R"(,"items":{"type":"array","minItems":1,"maxItems":20,"items":{"type":"object","required":["sku"],)"
              R"("properties":{"sku":{"type":"string","minLength":3},"count":{"type":"integer","minimum":1}}}}}})";
    message += R"(,"items":[{"sku":"A-1001","count":2},{"sku":"B-2002","count":1},{"sku":"C-3003","count":7}]})";
  }
  return {"fifty fields", schema + "}}", message + "}"};
}

// One way of judging the message of a case; gives the verdict.
struct Contestant {
  std::string name;
  std::function<bool()> judge;
  std::vector<double> rounds_ns;
};

std::function<bool()> ours(const Case& of) {
  auto compiled = propylon::schema::json_schema::compile_json_schema(of.schema);
  PPL_ASSERT(compiled);
  auto scratch = std::make_shared<propylon::schema::Scratch>();
  return [schema = *compiled, scratch, message = of.message] { return schema->accepts(message, *scratch); };
}

// rapidjson at its best: judged while it is parsed, without a document.
std::function<bool()> rapidjson_streaming(const Case& of) {
  rapidjson::Document definition;
  definition.Parse(of.schema.c_str());
  PPL_ASSERT(!definition.HasParseError());
  auto schema = std::make_shared<rapidjson::SchemaDocument>(definition);
  auto validator = std::make_shared<rapidjson::SchemaValidator>(*schema);
  return [schema, validator, message = of.message] {
    validator->Reset();
    rapidjson::Reader reader;
    rapidjson::StringStream stream(message.c_str());
    return !reader.Parse(stream, *validator).IsError() && validator->IsValid();
  };
}

std::function<bool()> valijson_on_rapidjson(const Case& of) {
  rapidjson::Document definition;
  definition.Parse(of.schema.c_str());
  auto schema = std::make_shared<valijson::Schema>();
  valijson::SchemaParser(valijson::SchemaParser::kDraft4)
      .populateSchema(valijson::adapters::RapidJsonAdapter(definition), *schema);
  auto validator = std::make_shared<valijson::Validator>();
  return [schema, validator, message = of.message] {
    rapidjson::Document document;
    document.Parse(message.c_str());
    return !document.HasParseError() &&
           validator->validate(*schema, valijson::adapters::RapidJsonAdapter(document), nullptr);
  };
}

double round_ns(const std::function<bool()>& judge) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::int64_t times = 0;
  auto now = begin;
  do {
    for (int i = 0; i < 100; ++i) PPL_ASSERT(judge());
    times += 100;
    now = Clock::now();
  } while (now - begin < kRoundLength);
  return std::chrono::duration<double, std::nano>(now - begin).count() / static_cast<double>(times);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void compare(const Case& of) {
  std::vector<Contestant> contestants = {{"propylon", ours(of), {}},
                                         {"rapidjson", rapidjson_streaming(of), {}},
                                         {"valijson", valijson_on_rapidjson(of), {}}};
  for (int round = 0; round < kRounds; ++round) {
    for (Contestant& contestant : contestants) contestant.rounds_ns.push_back(round_ns(contestant.judge));
  }
  fmt::print("{} ({} bytes)\n", of.name, of.message.size());
  const double base = median(contestants.front().rounds_ns);
  for (const Contestant& contestant : contestants) {
    const double ns = median(contestant.rounds_ns);
    fmt::print("  {:<10} {:>9.0f} ns   {:>6.2f} x   (fastest round {:.0f} ns)\n", contestant.name, ns, ns / base,
               std::ranges::min(contestant.rounds_ns));
  }
}

}  // namespace

int main() {
  compare(six_fields());
  compare(fifty_fields());
}
