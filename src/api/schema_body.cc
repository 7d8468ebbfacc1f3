#include "api/schema_body.h"

#include <string>

#include "api/admin_body.h"

namespace propylon::api {
namespace {

using schema::SchemaType;
using schema::registry::DefinitionForm;
using schema::registry::SchemaDraft;

std::unexpected<Error> refuse_missing(const char* field) {
  return fail(ErrorCode::kInvalidRequest, "The field \"" + std::string(field) + "\" is required.", field);
}

Result<SchemaType> read_type(const AdminFields& fields, std::string_view supported) {
  const auto name = PPL_TRY(fields.string("type", ""));
  if (!name) return refuse_missing("type");
  const auto type = schema::schema_type(*name);
  if (!type) {
    return fail(ErrorCode::kInvalidRequest, "unsupported schema type; supported: " + std::string(supported), "type");
  }
  return *type;
}

Result<void> read_definition(const AdminFields& fields, SchemaDraft& draft) {
  const auto value = fields.find("definition");
  if (!value) return refuse_missing("definition");
  switch (value->type()) {
    case json::Type::kString:
      draft.definition = PPL_TRY(value->string("definition"));
      draft.form = DefinitionForm::kText;
      return {};
    case json::Type::kObject:
    case json::Type::kBoolean:
      draft.definition = value->raw();
      draft.form = DefinitionForm::kJson;
      return {};
    case json::Type::kNull:
    case json::Type::kNumber:
    case json::Type::kArray: break;
  }
  return fail(ErrorCode::kInvalidRequest, "The field \"definition\" must be a string, an object or a boolean.",
              "definition");
}

}  // namespace

Result<SchemaDraft> read_schema_body(ByteView body, std::string_view supported_types) {
  const auto read = PPL_TRY(
      AdminBody::read(body, NullMeans::kAbsent, {"type", "definition", "message", "activate", "assert_format"}));
  const AdminFields fields = read.fields();
  SchemaDraft draft;
  draft.type = PPL_TRY(read_type(fields, supported_types));
  PPL_CHECK(read_definition(fields, draft));
  if (fields.find("message") && draft.type != SchemaType::kProtobuf)
    return fail(ErrorCode::kInvalidRequest, "The field \"message\" is for schemas of the type protobuf.", "message");
  draft.activate = PPL_TRY(fields.boolean("activate", true));
  draft.options.assert_format = PPL_TRY(fields.boolean("assert_format", true));
  return draft;
}

}  // namespace propylon::api
