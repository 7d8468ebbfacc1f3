// What an administrator sends about schemas: a body that is taken survives being stored and read, and its definition is
// shown again as it was given; a station's schema is named within the rules.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/schema_attachment.h"
#include "api/schema_body.h"
#include "api/schema_json.h"
#include "core/assert.h"
#include "core/name_rules.h"
#include "json/document.h"
#include "schema/registry/schema.h"

using namespace propylon;
using schema::registry::DefinitionForm;

namespace {

void check_shown(const schema::registry::Schema& schema) {
  const auto answer = api::schema_version_answer(schema, 1);
  const auto document = json::Document::parse_object(answer.body(), {.bytes = answer.body().size()});
  PPL_ASSERT(document);
  const auto shown = document->object().find("definition");
  PPL_ASSERT(shown);
  const auto& given = schema.versions.front();
  if (given.form == DefinitionForm::kText)
    PPL_ASSERT(shown->string("definition").value() == given.definition);
  else
    PPL_ASSERT(shown->raw() == given.definition);
}

void check_stored(const schema::registry::SchemaDraft& draft) {
  schema::registry::Schema schema{.name = "s", .type = draft.type};
  schema.versions.push_back({.definition = draft.definition, .form = draft.form, .options = draft.options});
  const std::string body = to_catalog_body(schema);
  const auto read = schema::registry::schema_from_document(
      {.kind = catalog::Kind::kSchema, .account = {}, .name = "s", .body = body});
  PPL_ASSERT(read);
  PPL_ASSERT(to_catalog_body(*read) == body);
  PPL_ASSERT(read->versions.front().definition == draft.definition);
  check_shown(*read);
}

void check_setting(std::string_view text) {
  for (const auto null_means : {api::NullMeans::kAbsent, api::NullMeans::kDefault}) {
    const auto body = api::AdminBody::read(text, null_means, {"name", "version"});
    if (!body) continue;
    const auto setting = api::read_schema_setting(body->fields());
    if (setting) PPL_ASSERT(normalize_name(NameKind::kSchema, setting->name).value() == setting->name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto draft = api::read_schema_body(text, "json")) check_stored(*draft);
  check_setting(text);
  return 0;
}
