#include "schema/registry/schema_administration.h"

#include <filesystem>

#include "catalog/sqlite/sqlite_catalog.h"
#include "core/temporary_directory.h"
#include "schema/json_schema/json_schema_compiler.h"
#include "schema/registry/registry_fixture.h"

namespace propylon::schema::registry {
namespace {

using catalog::Kind;
using Outcome = SchemaPut::Outcome;

class SchemaAdministrationTest : public RegistryFixture {};

TEST_F(SchemaAdministrationTest, TheFirstVersionIsKnownStoredAndActiveBeforeTheAnswer) {
  const auto made = put_draft("orders", {.definition = "one", .options = {.assert_format = true}, .activate = false});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->outcome, Outcome::kSchemaCreated);
  EXPECT_EQ(made->version, 1U);
  EXPECT_EQ(made->schema.active_version, 1U);
  EXPECT_EQ(made->schema.versions[0].definition, "one");
  EXPECT_EQ(made->schema.versions[0].options.assert_format, true);
  EXPECT_EQ(made->schema.versions[0].created, clock_.wall());
  const auto known = directory_->find(kDefaultAccount, "orders");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->revision, made->schema.revision);
  EXPECT_EQ(catalog_.find(Kind::kSchema, kDefaultAccount, "orders").value()->revision, made->schema.revision);
}

TEST_F(SchemaAdministrationTest, AChangedDefinitionIsTheNextVersionAndActiveUnlessItShallNotBe) {
  ASSERT_TRUE(put("orders", "one"));
  clock_.advance(std::chrono::seconds(1));
  const auto second = put("orders", "two");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, Outcome::kVersionAdded);
  EXPECT_EQ(second->version, 2U);
  EXPECT_EQ(second->schema.active_version, 2U);
  EXPECT_EQ(second->schema.versions[1].created, clock_.wall());
  const auto third = put_draft("orders", {.definition = "three", .activate = false});
  ASSERT_TRUE(third);
  EXPECT_EQ(third->version, 3U);
  EXPECT_EQ(third->schema.active_version, 2U);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->versions[0].definition, "one");
}

TEST_F(SchemaAdministrationTest, TheSameDefinitionIsTheVersionThatItIsAndNothingIsWritten) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(put("orders", "two"));
  const std::uint64_t version = directory_->version();
  for (const auto& [definition, number] : {std::pair("one", 1U), {"two", 2U}}) {
    const auto same = put("orders", definition);
    ASSERT_TRUE(same);
    EXPECT_EQ(same->outcome, Outcome::kUnchanged);
    EXPECT_EQ(same->version, number);
    EXPECT_EQ(same->schema.active_version, 2U);
    EXPECT_EQ(same->schema.versions.size(), 2U);
  }
  EXPECT_EQ(directory_->version(), version);
}

TEST_F(SchemaAdministrationTest, TheSameDefinitionBecomesActiveWhenTheDraftSaysSo) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(put("orders", "two"));
  const auto back = put_draft("orders", {.definition = "one", .activate = true});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->outcome, Outcome::kActivated);
  EXPECT_EQ(back->version, 1U);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->active_version, 1U);
  EXPECT_EQ(put_draft("orders", {.definition = "one", .activate = true})->outcome, Outcome::kUnchanged);
}

TEST_F(SchemaAdministrationTest, TheOptionsArePartOfAVersion) {
  ASSERT_TRUE(put("orders", "one"));
  const auto second = put_draft("orders", {.definition = "one", .options = {.assert_format = true}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version, 2U);
  const auto third = put_draft("orders", {.definition = "one", .options = {.assert_format = false}});
  EXPECT_EQ(third->version, 3U);
  EXPECT_EQ(put("orders", "one")->version, 1U);
}

TEST_F(SchemaAdministrationTest, ADefinitionThatDoesNotCompileIsRefusedWithEveryFaultAndNothingIsWritten) {
  const auto refused = put("orders", "bad");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidSchema);
  EXPECT_EQ(refused.error().field, "definition");
  EXPECT_EQ(refused.error().message, "The definition does not compile at /a: The first fault.");
  ASSERT_EQ(faults_.size(), 2U);
  EXPECT_EQ(faults_[1].pointer, "/b");
  EXPECT_FALSE(directory_->find(kDefaultAccount, "orders"));
  ASSERT_TRUE(put("orders", "good"));
  EXPECT_EQ(code_of(put("orders", "bad")), ErrorCode::kInvalidSchema);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->versions.size(), 1U);
}

TEST_F(SchemaAdministrationTest, RefusesTypesThatNobodyCompilesAndAnotherTypeThanTheSchemaHas) {
  const auto unsupported = put_draft("orders", {.type = SchemaType::kProtobuf, .definition = "one"});
  ASSERT_FALSE(unsupported);
  EXPECT_EQ(unsupported.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(unsupported.error().message, "unsupported schema type; supported: json, avro");
  EXPECT_EQ(unsupported.error().field, "type");
  ASSERT_TRUE(put("orders", "one"));
  const auto other = put_draft("orders", {.type = SchemaType::kAvro, .definition = "one"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(other.error().message, "The schema \"orders\" exists with the type json.");
}

TEST_F(SchemaAdministrationTest, ActivatesAVersionAndRollsBack) {
  ASSERT_TRUE(put("orders", "one"));
  ASSERT_TRUE(put("orders", "two"));
  const auto back = activate("orders", 1);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->active_version, 1U);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->active_version, 1U);
  const std::uint64_t version = directory_->version();
  EXPECT_EQ(activate("orders", 1)->revision, back->revision);
  EXPECT_EQ(directory_->version(), version);
  EXPECT_EQ(activate("orders", 2)->active_version, 2U);
}

TEST_F(SchemaAdministrationTest, CannotActivateWhatIsNotThere) {
  EXPECT_EQ(code_of(activate("orders", 1)), ErrorCode::kSchemaNotFound);
  ASSERT_TRUE(put("orders", "one"));
  for (const std::uint32_t version : {0U, 2U, UINT32_MAX}) {
    const auto refused = activate("orders", version);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kSchemaNotFound);
    EXPECT_EQ(refused.error().field, "version");
  }
}

TEST_F(SchemaAdministrationTest, RemovesASchemaAndANewOneOfTheNameIsAnother) {
  EXPECT_EQ(code_of(remove("orders")), ErrorCode::kSchemaNotFound);
  const auto first = put("orders", "one");
  ASSERT_TRUE(remove("orders"));
  EXPECT_FALSE(directory_->find(kDefaultAccount, "orders"));
  EXPECT_EQ(code_of(remove("orders")), ErrorCode::kSchemaNotFound);
  const auto again = put("orders", "one");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::kSchemaCreated);
  EXPECT_NE(again->schema.id, first->schema.id);
}

TEST_F(SchemaAdministrationTest, EndsTheReservationWhateverComesOfTheRemoval) {
  ASSERT_TRUE(put("orders", "one"));
  EXPECT_EQ(code_of(remove("orders", {.revision = 999})), ErrorCode::kPreconditionFailed);
  EXPECT_TRUE(directory_->hold({kDefaultAccount, "orders"}));
  catalog_.fail_next_change({ErrorCode::kIo, "The disk is gone.", {}, 0});
  EXPECT_EQ(code_of(remove("orders")), ErrorCode::kIo);
  EXPECT_TRUE(directory_->hold({kDefaultAccount, "orders"}));
  EXPECT_TRUE(directory_->find(kDefaultAccount, "orders"));
}

TEST_F(SchemaAdministrationTest, HoldsToThePreconditions) {
  EXPECT_EQ(code_of(put_draft("orders", {.definition = "one"}, {.revision = 1})), ErrorCode::kPreconditionFailed);
  const auto first = put_draft("orders", {.definition = "one"}, {.must_not_exist = true});
  ASSERT_TRUE(first);
  EXPECT_EQ(code_of(put_draft("orders", {.definition = "two"}, {.must_not_exist = true})),
            ErrorCode::kPreconditionFailed);
  const std::uint64_t revision = first->schema.revision;
  EXPECT_EQ(code_of(put_draft("orders", {.definition = "two"}, {.revision = revision + 1})),
            ErrorCode::kPreconditionFailed);
  const auto second = put_draft("orders", {.definition = "two"}, {.revision = revision});
  ASSERT_TRUE(second);
  EXPECT_EQ(code_of(activate("orders", 1, {.revision = revision})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->active_version, 2U);
  ASSERT_TRUE(activate("orders", 1, {.revision = second->schema.revision}));
  EXPECT_EQ(code_of(remove("orders", {.revision = revision})), ErrorCode::kPreconditionFailed);
  EXPECT_TRUE(remove("orders", {.must_exist = true}));
}

TEST_F(SchemaAdministrationTest, TellsWhenTheCatalogFailsAndChangesNothing) {
  catalog_.fail_next_change({ErrorCode::kStorageFull, "The disk is full.", {}, 0});
  EXPECT_EQ(code_of(put("orders", "one")), ErrorCode::kStorageFull);
  EXPECT_FALSE(directory_->find(kDefaultAccount, "orders"));
  ASSERT_TRUE(put("orders", "one"));
  catalog_.fail_next_change({ErrorCode::kIo, "The disk is gone.", {}, 0});
  EXPECT_EQ(code_of(put("orders", "two")), ErrorCode::kIo);
  EXPECT_EQ(directory_->find(kDefaultAccount, "orders")->versions.size(), 1U);
}

TEST_F(SchemaAdministrationTest, TriesAgainWhenSomebodyElseWasFaster) {
  const Error race{ErrorCode::kConflict, "Somebody else changed it first.", {}, 0};
  catalog_.fail_next_change(race);
  EXPECT_TRUE(put("orders", "one"));
  catalog_.fail_next_change(race);
  EXPECT_EQ(put("orders", "two")->version, 2U);
  catalog_.fail_next_change(race);
  EXPECT_TRUE(activate("orders", 1));
  catalog_.fail_next_change(race);
  EXPECT_TRUE(remove("orders"));
}

TEST_F(SchemaAdministrationTest, RefusesMoreVersionsThanASchemaMayHave) {
  Schema full{.name = "orders"};
  for (std::size_t i = 0; i < kVersionsMax - 1; ++i) full.versions.push_back({.definition = std::to_string(i)});
  ASSERT_TRUE(catalog_.create(Kind::kSchema, kDefaultAccount, "orders", to_catalog_body(full)));
  EXPECT_EQ(put("orders", "the last")->version, kVersionsMax);
  const auto refused = put("orders", "one more");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().message, "The schema \"orders\" has as many versions as a schema can have (1000).");
  EXPECT_TRUE(put("orders", "the last"));
}

TEST_F(SchemaAdministrationTest, RefusesMoreBytesOfVersionsThanASchemaMayHave) {
  Schema full{.name = "orders"};
  full.versions = {{.definition = std::string(kVersionsBytesMax - 10, 'x')}};
  ASSERT_TRUE(catalog_.create(Kind::kSchema, kDefaultAccount, "orders", to_catalog_body(full)));
  const auto refused = put("orders", "eleven byte");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("(8388608)"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(put("orders", "ten bytes."));
}

TEST_F(SchemaAdministrationTest, RefusesMoreThanTheServerMayHave) {
  options_.schemas_max = 2;
  options_.schema_definitions_bytes_max = 10;
  ASSERT_TRUE(put("a", "12345"));
  EXPECT_EQ(code_of(put("b", "123456")), ErrorCode::kOverloaded);
  EXPECT_EQ(code_of(put("a", "123456")), ErrorCode::kOverloaded);
  ASSERT_TRUE(put("b", "123"));
  ASSERT_TRUE(put("b", "12"));
  const auto refused = put("c", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  EXPECT_NE(refused.error().message.find("schemas_max"), std::string::npos) << refused.error().message;
  ASSERT_TRUE(remove("a"));
  EXPECT_TRUE(put("c", "12345"));
}

TEST_F(SchemaAdministrationTest, RefusesADamagedDocumentButRemovesIt) {
  ASSERT_TRUE(put("orders", "one"));
  // Behind the directory's back, which would drop it: as if another program had written it.
  const auto reserved = [&] { return directory_->reserve_removal({kDefaultAccount, "orders"}).value(); };
  RemovalReservation reservation = reserved();
  ASSERT_TRUE(catalog_.replace(Kind::kSchema, kDefaultAccount, "orders", "{}", 0));
  EXPECT_EQ(code_of(put("orders", "two")), ErrorCode::kDamaged);
  EXPECT_EQ(code_of(activate("orders", 1)), ErrorCode::kDamaged);
  EXPECT_TRUE(loop_.finish(administration().remove(loop_, std::move(reservation), {})));
  EXPECT_TRUE(put("orders", "one"));
}

TEST(SchemaAdministrationOnDisk, KeepsEverythingOverARestart) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "catalog.db";
  class World : public RegistryFixture {
   public:
    void TestBody() override {}
    void write(const std::filesystem::path& path) {
      const auto catalog = catalog::open_sqlite_catalog(path).value();
      const auto schemas = SchemaDirectory::open(*catalog).value();
      const json_schema::JsonSchemaCompiler compiler;
      CompiledSchemas compiled(options_, *schemas, compiler, adopting_metrics_, 1);
      SchemaAdministration administration(options_, *catalog, *schemas, compiler, compiled, clock_);
      std::vector<DefinitionFault> faults;
      for (const char* definition : {"{\"type\" : \"object\"}", "true"}) {
        SchemaDraft draft{.definition = definition};
        SchemaRef which{kDefaultAccount, "orders"};
        ASSERT_TRUE(loop_.finish(administration.put(loop_, std::move(which), std::move(draft), {}, faults)));
      }
      SchemaRef which{kDefaultAccount, "orders"};
      ASSERT_TRUE(loop_.finish(administration.activate(loop_, std::move(which), 1, {})));
    }
  } world;
  world.write(file);
  {
    const auto catalog = catalog::open_sqlite_catalog(file).value();
    const auto schemas = SchemaDirectory::open(*catalog).value();
    const auto schema = schemas->find(kDefaultAccount, "orders");
    ASSERT_TRUE(schema);
    EXPECT_EQ(schema->active_version, 1U);
    ASSERT_EQ(schema->versions.size(), 2U);
    EXPECT_EQ(schema->versions[0].definition, "{\"type\" : \"object\"}");
    EXPECT_EQ(schema->versions[1].definition, "true");
    EXPECT_EQ(schemas->totals().definition_bytes, 23U);
  }
}

}  // namespace
}  // namespace propylon::schema::registry
