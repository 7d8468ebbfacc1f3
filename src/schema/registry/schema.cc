#include "schema/registry/schema.h"

#include <limits>

#include "json/document.h"
#include "json/writer.h"

namespace propylon::schema::registry {
namespace {

// An escaped character takes at most six bytes; what stands around the definitions is small beside that.
constexpr json::DocumentLimits kBodyLimits{.bytes = 6 * kVersionsBytesMax + kVersionsMax * 128, .depth = 8};

constexpr std::string_view kTextForm = "text", kJsonForm = "json";

std::unexpected<Error> damaged(const catalog::Document& document, const std::string& why) {
  return fail(ErrorCode::kDamaged, "The catalog's document of schema \"" + document.name + "\" (account " +
                                       std::to_string(document.account.value) + ") cannot be read: " + why);
}

std::unexpected<Error> refuse(const char* field) {
  return fail(ErrorCode::kInvalidRequest, "Its " + std::string(field) + " is missing or out of range.", field);
}

Result<SchemaVersion> read_version(const json::Object& object) {
  PPL_CHECK(object.refuse_unknown({"definition", "form", "assert_format", "created_us"}));
  auto definition = PPL_TRY(object.string("definition"));
  if (!definition) return refuse("definition");
  const auto form = PPL_TRY(object.string("form"));
  if (form != kTextForm && form != kJsonForm) return refuse("form");
  const auto created = PPL_TRY(object.integer("created_us"));
  if (!created) return refuse("created_us");
  return SchemaVersion{.definition = *std::move(definition),
                       .form = form == kTextForm ? DefinitionForm::kText : DefinitionForm::kJson,
                       .options = {.assert_format = PPL_TRY(object.boolean("assert_format"))},
                       .created = WallTime(std::chrono::microseconds(*created))};
}

Result<std::vector<SchemaVersion>> read_versions(const json::Object& object) {
  std::vector<SchemaVersion> versions;
  const auto values = PPL_TRY(object.array("versions"));
  if (!values || values->empty() || values->size() > kVersionsMax) return refuse("versions");
  for (const json::Value& value : *values) {
    const json::Object version = PPL_TRY(value.object("versions"));
    versions.push_back(PPL_TRY(read_version(version)));
  }
  return versions;
}

Result<Schema> read_body(std::string_view body) {
  const auto document = PPL_TRY(json::Document::parse_object(body, kBodyLimits));
  const json::Object object = document.object();
  PPL_CHECK(object.refuse_unknown({"type", "active", "versions"}));
  Schema schema;
  const auto type = schema_type(PPL_TRY(object.string("type")).value_or(""));
  if (!type) return refuse("type");
  schema.type = *type;
  schema.versions = PPL_TRY(read_versions(object));
  const auto active = PPL_TRY(object.integer("active"));
  if (!active || *active < 1 || std::cmp_greater(*active, schema.versions.size())) return refuse("active");
  schema.active_version = static_cast<std::uint32_t>(*active);
  return schema;
}

}  // namespace

const SchemaVersion* Schema::find(std::uint32_t number) const {
  const std::uint32_t wanted = number_of(number);
  return wanted <= versions.size() ? &versions[wanted - 1] : nullptr;
}

std::uint64_t Schema::definition_bytes() const {
  std::uint64_t bytes = 0;
  for (const SchemaVersion& version : versions) bytes += version.definition.size();
  return bytes;
}

Result<Schema> schema_from_document(const catalog::Document& document) {
  auto schema = read_body(document.body);
  if (!schema) return damaged(document, schema.error().message);
  schema->account = document.account;
  schema->name = document.name;
  schema->id = document.id;
  schema->revision = document.revision;
  return schema;
}

std::string to_catalog_body(const Schema& schema) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("type").string(to_string(schema.type)).key("active").number(schema.active_version);
  writer.key("versions").begin_array();
  for (const SchemaVersion& version : schema.versions) {
    writer.begin_object().key("definition").string(version.definition);
    writer.key("form").string(version.form == DefinitionForm::kText ? kTextForm : kJsonForm);
    if (version.options.assert_format) writer.key("assert_format").boolean(*version.options.assert_format);
    writer.key("created_us").number(version.created.time_since_epoch().count()).end_object();
  }
  writer.end_array().end_object();
  return body;
}

Error no_such_schema(std::string_view name) {
  return {ErrorCode::kSchemaNotFound, "There is no schema \"" + std::string(name) + "\".", {}, 0};
}

Error no_such_version(std::string_view name, std::uint32_t version) {
  return {ErrorCode::kSchemaNotFound,
          "The schema \"" + std::string(name) + "\" has no version " + std::to_string(version) + ".", "version", 0};
}

}  // namespace propylon::schema::registry
