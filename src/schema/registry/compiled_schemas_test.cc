#include "schema/registry/compiled_schemas.h"

#include "metrics/names.h"
#include "metrics/registry.h"
#include "schema/registry/registry_fixture.h"

namespace propylon::schema::registry {
namespace {

class CompiledSchemasTest : public RegistryFixture {
 protected:
  // As after a restart: nothing of what was put is in it.
  CompiledSchemas& compiled() {
    if (!compiled_)
      compiled_ = std::make_unique<CompiledSchemas>(options_, *directory_, loading_compiler_, metrics_, 2);
    return *compiled_;
  }
  Result<CompiledPointer> load(std::string_view name, std::uint32_t version = 0) {
    return loop_.finish(compiled().load(loop_, kDefaultAccount, name, version));
  }
  // The first load, up to its compilation, which a closed compiler holds.
  void begin_load(std::string_view name, std::optional<Result<CompiledPointer>>& result) {
    spawn(store_result(compiled().load(loop_, kDefaultAccount, name, 0), result));
    loop_.turn_until([&] { return compilations() == 1; });
  }
  const CompiledSchema* find(std::string_view name, std::uint32_t version = 0) {
    return compiled().find(loop_, kDefaultAccount, name, version);
  }
  bool accepts(const CompiledSchema& schema, std::string_view message) { return schema.accepts(message, scratch_); }
  // The administration has a compiler of its own, so that this one's count is that of the loads.
  int compilations() const { return loading_compiler_.compilations.load(); }

  FakeCompiler loading_compiler_;
  metrics::Registry metrics_;
  Scratch scratch_;
  std::unique_ptr<CompiledSchemas> compiled_;
};

TEST_F(CompiledSchemasTest, FindsOnlyWhatWasLoaded) {
  ASSERT_TRUE(put("orders", "one"));
  EXPECT_EQ(find("orders"), nullptr);
  const auto loaded = load("orders");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(find("orders"), loaded->get());
  EXPECT_TRUE(accepts(*find("orders"), "one"));
  EXPECT_EQ(find("orders", 1), nullptr);
  EXPECT_EQ(find("other"), nullptr);
  EXPECT_EQ(compiled().find(loop_, AccountId{2}, "orders", 0), nullptr);
  EXPECT_EQ(load("orders", 1)->get(), loaded->get());
  EXPECT_EQ(find("orders", 1), loaded->get());
  EXPECT_EQ(compilations(), 1);
}

TEST_F(CompiledSchemasTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(code_of(load("orders")), ErrorCode::kSchemaNotFound);
  ASSERT_TRUE(put("orders", "one"));
  const auto refused = load("orders", 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kSchemaNotFound);
  EXPECT_EQ(refused.error().message, "The schema \"orders\" has no version 2.");
  EXPECT_EQ(code_of(loop_.finish(compiled().load(loop_, AccountId{2}, "orders", 0))), ErrorCode::kSchemaNotFound);
  EXPECT_EQ(compilations(), 0);
}

TEST_F(CompiledSchemasTest, AnActivationActsOnTheNextLook) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(load("orders"));
  ASSERT_TRUE(load("orders", 1));
  ASSERT_TRUE(put("orders", "two"));
  EXPECT_EQ(find("orders"), nullptr);
  EXPECT_TRUE(accepts(**load("orders"), "two"));
  EXPECT_TRUE(accepts(*find("orders"), "two"));
  EXPECT_TRUE(accepts(**load("orders", 1), "one"));
  ASSERT_TRUE(activate("orders", 1));
  EXPECT_EQ(find("orders"), nullptr);
  EXPECT_TRUE(accepts(**load("orders"), "one"));
  EXPECT_EQ(compilations(), 2);
}

TEST_F(CompiledSchemasTest, ARemovedSchemaIsGoneAndANewOneOfTheNameIsAnother) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(load("orders"));
  ASSERT_TRUE(remove("orders"));
  EXPECT_EQ(find("orders"), nullptr);
  EXPECT_EQ(code_of(load("orders")), ErrorCode::kSchemaNotFound);
  ASSERT_TRUE(put("orders", "two"));
  EXPECT_TRUE(accepts(**load("orders"), "two"));
}

TEST_F(CompiledSchemasTest, EachLoopHasItsOwnTableAndTheCacheServesAll) {
  ManualLoop other(clock_, 1);
  ASSERT_TRUE(put("orders", "one"));
  const auto loaded = load("orders");
  EXPECT_EQ(compiled().find(other, kDefaultAccount, "orders", 0), nullptr);
  std::optional<Result<CompiledPointer>> result;
  spawn(store_result(compiled().load(other, kDefaultAccount, "orders", 0), result));
  ASSERT_TRUE(result) << "what is in the cache does not suspend";
  EXPECT_EQ(result->value(), *loaded);
  EXPECT_EQ(compiled().find(other, kDefaultAccount, "orders", 0), loaded->get());
  EXPECT_EQ(compilations(), 1);
}

TEST_F(CompiledSchemasTest, AnExceptionOfTheCompilerIsAnAnswerAndTheNextLoadTriesAgain) {
  ASSERT_TRUE(put("orders", "one"));
  loading_compiler_.throws = true;
  EXPECT_EQ(code_of(load("orders")), ErrorCode::kInternal);
  loading_compiler_.throws = false;
  EXPECT_TRUE(load("orders"));
}

TEST_F(CompiledSchemasTest, AllWhoWantTheSameVersionWaitForOneCompilation) {
  ASSERT_TRUE(put("orders", "one"));
  loading_compiler_.close();
  constexpr int kLoads = 1000;  // more than the queue has places
  std::vector<std::optional<Result<CompiledPointer>>> results(kLoads);
  for (int i = 0; i < kLoads; ++i)
    spawn(
        store_result(compiled().load(loop_, kDefaultAccount, "orders", i % 2 == 0 ? 0U : 1U), results[std::size_t(i)]));
  loop_.turn_until([&] { return compilations() == 1; });
  loading_compiler_.open();
  for (auto& result : results) {
    loop_.turn_until([&] { return result.has_value(); });
    ASSERT_TRUE(*result);
    EXPECT_EQ(**result, *results[0].value());
  }
  EXPECT_EQ(compilations(), 1);
}

TEST_F(CompiledSchemasTest, RefusesWhenTooManyWaitToBeCompiled) {
  constexpr int kSchemas = 300;
  for (int i = 0; i < kSchemas; ++i) ASSERT_TRUE(put("s" + std::to_string(i), std::to_string(i)));
  loading_compiler_.close();
  std::vector<std::optional<Result<CompiledPointer>>> results(kSchemas);
  for (int i = 0; i < kSchemas; ++i) {
    const std::string name = "s" + std::to_string(i);
    spawn(store_result(compiled().load(loop_, kDefaultAccount, name, 0), results[std::size_t(i)]));
  }
  loop_.turn_until([&] { return results.back().has_value(); });
  EXPECT_EQ(code_of(*results.back()), ErrorCode::kOverloaded);
  loading_compiler_.open();
  int loaded = 0;
  for (auto& result : results) {
    loop_.turn_until([&] { return result.has_value(); });
    if (*result) ++loaded;
  }
  EXPECT_GE(loaded, 256);
  EXPECT_LE(loaded, 257);
  EXPECT_TRUE(load("s299"));
}

TEST_F(CompiledSchemasTest, WhatChangesDuringACompilationIsNotMissed) {
  ASSERT_TRUE(put("orders", "one"));
  loading_compiler_.close();
  std::optional<Result<CompiledPointer>> result;
  begin_load("orders", result);
  ASSERT_TRUE(put("orders", "two"));
  loading_compiler_.open();
  loop_.turn_until([&] { return result.has_value(); });
  ASSERT_TRUE(*result);
  EXPECT_TRUE(accepts(***result, "two"));
  EXPECT_TRUE(accepts(*find("orders"), "two"));
}

TEST_F(CompiledSchemasTest, ASchemaThatIsRemovedDuringItsCompilationIsNotFound) {
  ASSERT_TRUE(put("orders", "one"));
  loading_compiler_.close();
  std::optional<Result<CompiledPointer>> result;
  begin_load("orders", result);
  ASSERT_TRUE(remove("orders"));
  loading_compiler_.open();
  loop_.turn_until([&] { return result.has_value(); });
  EXPECT_EQ(code_of(*result), ErrorCode::kSchemaNotFound);
  EXPECT_EQ(find("orders"), nullptr);
}

TEST_F(CompiledSchemasTest, TheOneThatWasLoadedLeastRecentlyMakesRoom) {
  options_.compiled_schemas_bytes_max = 3000;
  for (const char* name : {"a", "b", "c", "d"}) ASSERT_TRUE(put(name, name));
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(load(name));
  ASSERT_TRUE(load("a"));
  ASSERT_TRUE(load("d"));  // for b
  EXPECT_EQ(find("a"), nullptr) << "an eviction empties the loops' tables";
  EXPECT_EQ(compilations(), 4);
  for (const char* name : {"a", "c", "d"}) ASSERT_TRUE(load(name));
  EXPECT_EQ(compilations(), 4);
  ASSERT_TRUE(load("b"));
  EXPECT_EQ(compilations(), 5);
  const std::string exposition = metrics_.expose();
  EXPECT_NE(exposition.find("propylon_schema_evictions_total 2\n"), std::string::npos) << exposition;
  EXPECT_NE(exposition.find("propylon_schema_compilations_total 5\n"), std::string::npos) << exposition;
  EXPECT_NE(exposition.find("propylon_schema_compiled_bytes 3000\n"), std::string::npos) << exposition;
}

TEST_F(CompiledSchemasTest, OneThatIsLargerThanTheCacheIsKeptUntilAnotherComes) {
  options_.compiled_schemas_bytes_max = 3000;
  for (const char* name : {"a", "b", "large"}) ASSERT_TRUE(put(name, name));
  ASSERT_TRUE(load("a"));
  loading_compiler_.bytes_each = 10'000;
  const auto large = load("large");
  ASSERT_TRUE(large);
  ASSERT_TRUE(load("large"));
  EXPECT_EQ(find("large"), large->get());
  EXPECT_EQ(compilations(), 2);
  loading_compiler_.bytes_each = 1000;
  ASSERT_TRUE(load("b"));
  EXPECT_EQ(find("large"), nullptr);
  EXPECT_TRUE(accepts(**large, "large")) << "who holds it keeps it";
  EXPECT_NE(metrics_.expose().find("propylon_schema_compiled_bytes 1000\n"), std::string::npos);
}

TEST_F(CompiledSchemasTest, AStoredDefinitionThatDoesNotCompileIsRefusedToEverybodyWhoWaits) {
  Schema schema{.name = "orders"};
  schema.versions = {{.definition = "bad"}};
  ASSERT_TRUE(catalog_.create(catalog::Kind::kSchema, kDefaultAccount, "orders", to_catalog_body(schema)));
  loading_compiler_.close();
  std::vector<std::optional<Result<CompiledPointer>>> results(3);
  for (auto& result : results) spawn(store_result(compiled().load(loop_, kDefaultAccount, "orders", 0), result));
  loading_compiler_.open();
  for (auto& result : results) {
    loop_.turn_until([&] { return result.has_value(); });
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().code, ErrorCode::kInvalidSchema);
    EXPECT_EQ(result->error().message,
              "Version 1 of the schema \"orders\" does not compile with this server: /a: The first fault.");
  }
  EXPECT_EQ(find("orders"), nullptr);
}

TEST_F(CompiledSchemasTest, AStoredTypeThatThisServerDoesNotKnowIsRefused) {
  Schema schema{.name = "orders", .type = SchemaType::kGraphql};
  schema.versions = {{.definition = "type"}};
  ASSERT_TRUE(catalog_.create(catalog::Kind::kSchema, kDefaultAccount, "orders", to_catalog_body(schema)));
  const auto refused = load("orders");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidSchema);
  EXPECT_EQ(compilations(), 0);
}

TEST_F(CompiledSchemasTest, WhatWasPutIsNotCompiledAgain) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(put("orders", "two"));
  const auto judge_of = [&](std::uint32_t version) {
    return loop_.finish(adopting().load(loop_, kDefaultAccount, "orders", version)).value();
  };
  EXPECT_TRUE(accepts(*judge_of(0), "two"));
  EXPECT_TRUE(accepts(*judge_of(1), "one"));
  EXPECT_EQ(adopting().find(loop_, kDefaultAccount, "orders", 1), judge_of(1).get());
  EXPECT_EQ(compiler_.compilations, 2);
  ASSERT_TRUE(put("orders", "one"));
  EXPECT_TRUE(accepts(*judge_of(1), "one"));
  ASSERT_TRUE(remove("orders"));
  ASSERT_TRUE(put("orders", "three"));
  EXPECT_TRUE(accepts(*judge_of(1), "three"));
  EXPECT_EQ(compiler_.compilations, 4) << "one for each put";
  const std::string exposition = adopting_metrics_.expose();
  EXPECT_NE(exposition.find("propylon_schema_compilations_total 0\n"), std::string::npos) << exposition;
  EXPECT_NE(exposition.find("propylon_schema_compiled_bytes 3000\n"), std::string::npos) << exposition;
}

TEST_F(CompiledSchemasTest, WhatWasPutMakesNobodyGiveWay) {
  options_.compiled_schemas_bytes_max = 2000;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(put(name, name));
  for (const char* name : {"a", "b"}) ASSERT_TRUE(loop_.finish(adopting().load(loop_, kDefaultAccount, name, 0)));
  EXPECT_EQ(compiler_.compilations, 3);
  ASSERT_TRUE(loop_.finish(adopting().load(loop_, kDefaultAccount, "c", 0)));
  EXPECT_EQ(compiler_.compilations, 4);
  const std::string exposition = adopting_metrics_.expose();
  EXPECT_NE(exposition.find("propylon_schema_evictions_total 1\n"), std::string::npos) << exposition;
}

TEST_F(CompiledSchemasTest, WhatIsAdoptedDuringItsCompilationIsKeptOnce) {
  ASSERT_TRUE(put("orders", "one"));
  loading_compiler_.close();
  std::optional<Result<CompiledPointer>> result;
  begin_load("orders", result);
  const CompiledPointer adopted = compiler_.compile(SchemaType::kJson, "one", {}).value();
  compiled().adopt(*directory_->find(kDefaultAccount, "orders"), 1, adopted);
  loading_compiler_.open();
  loop_.turn_until([&] { return result.has_value(); });
  EXPECT_EQ(result->value(), adopted);
  EXPECT_NE(metrics_.expose().find("propylon_schema_compiled_bytes 1000\n"), std::string::npos);
}

}  // namespace
}  // namespace propylon::schema::registry
