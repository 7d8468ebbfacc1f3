#include "api/schema_json.h"

#include <utility>

#include "api/admin_answer.h"
#include "api/request_context.h"
#include "api/services.h"
#include "http/exchange.h"
#include "json/writer.h"
#include "schema/registry/schema.h"

namespace propylon::api {
namespace {

using schema::registry::DefinitionForm;
using schema::registry::Schema;
using schema::registry::SchemaVersion;

void write_identity(json::Writer& writer, const Schema& schema) {
  writer.begin_object().key("name").string(schema.name).key("type").string(schema::to_string(schema.type));
}

void write_definition(json::Writer& writer, const SchemaVersion& version) {
  writer.key("definition");
  switch (version.form) {
    case DefinitionForm::kText: writer.string(version.definition); break;
    case DefinitionForm::kJson: writer.raw(version.definition); break;
  }
}

}  // namespace

void write_schema_summary(json::Writer& writer, const Schema& schema) {
  write_identity(writer, schema);
  writer.key("active_version").number(schema.active_version).key("latest_version").number(schema.versions.size());
  writer.key("revision").number(schema.revision).end_object();
}

http::Response schema_answer(const Schema& schema) {
  std::string body;
  json::Writer writer(body);
  write_identity(writer, schema);
  writer.key("active_version").number(schema.active_version).key("versions").begin_array();
  for (std::size_t i = 0; i < schema.versions.size(); ++i) {
    writer.begin_object().key("version").number(i + 1);
    writer.key("created_at").string(format_time(schema.versions[i].created)).end_object();
  }
  writer.end_array().key("revision").number(schema.revision).end_object();
  return document_answer(200, std::move(body), schema.revision);
}

http::Response schema_put_answer(std::uint16_t status, const Schema& schema, std::uint32_t version) {
  std::string body;
  json::Writer writer(body);
  write_identity(writer, schema);
  writer.key("version").number(version).key("active_version").number(schema.active_version);
  writer.key("revision").number(schema.revision).end_object();
  return document_answer(status, std::move(body), schema.revision);
}

http::Response schema_version_answer(const Schema& schema, std::uint32_t version) {
  const SchemaVersion& found = *schema.find(version);
  std::string body;
  json::Writer writer(body);
  write_identity(writer, schema);
  writer.key("version").number(version).key("created_at").string(format_time(found.created));
  if (found.options.assert_format) writer.key("assert_format").boolean(*found.options.assert_format);
  write_definition(writer, found);
  writer.end_object();
  return {200, http::kJsonType, std::move(body)};
}

std::string faults_member(std::span<const schema::DefinitionFault> faults) {
  std::string member;
  json::Writer writer(member);
  writer.key("errors").begin_array();
  for (const auto& fault : faults) {
    writer.begin_object().key("pointer").text(fault.pointer).key("message").text(fault.message).end_object();
  }
  writer.end_array();
  return member;
}

void log_schema_change(const Services& services, http::Exchange& exchange, std::string_view what) {
  const auto& context = exchange.context<RequestContext>();
  services.logger.info(what, {{"schema", context.schema},
                              {"account", context.principal.account().value},
                              {"by", context.principal.name()},
                              {"request_id", exchange.request_id()}});
}

void log_schema_change(const Services& services, http::Exchange& exchange, std::string_view what,
                       std::uint32_t version) {
  const auto& context = exchange.context<RequestContext>();
  services.logger.info(what, {{"schema", context.schema},
                              {"version", version},
                              {"account", context.principal.account().value},
                              {"by", context.principal.name()},
                              {"request_id", exchange.request_id()}});
}

}  // namespace propylon::api
