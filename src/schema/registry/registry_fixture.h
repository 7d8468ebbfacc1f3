// What the tests of this room stand on: a catalog in memory, a directory, an administration, and a loop turned by hand.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/memory_catalog.h"
#include "core/manual_loop.h"
#include "metrics/registry.h"
#include "schema/fake_compiler.h"
#include "schema/registry/compiled_schemas.h"
#include "schema/registry/schema_administration.h"

namespace propylon::schema::registry {

class RegistryFixture : public testing::Test {
 protected:
  // Where the definitions that were put are, compiled.
  CompiledSchemas& adopting() {
    if (!adopting_)
      adopting_ = std::make_unique<CompiledSchemas>(options_, *directory_, compiler_, adopting_metrics_, 2);
    return *adopting_;
  }
  SchemaAdministration& administration() {
    if (!administration_)
      administration_ =
          std::make_unique<SchemaAdministration>(options_, catalog_, *directory_, compiler_, adopting(), clock_);
    return *administration_;
  }
  Result<SchemaPut> put_draft(std::string_view name, SchemaDraft draft, catalog::Precondition precondition = {}) {
    SchemaRef which{kDefaultAccount, std::string(name)};
    faults_.clear();
    return loop_.finish(administration().put(loop_, std::move(which), std::move(draft), precondition, faults_));
  }
  Result<SchemaPut> put(std::string_view name, std::string definition) {
    return put_draft(name, SchemaDraft{.definition = std::move(definition)});
  }
  Result<Schema> activate(std::string_view name, std::uint32_t version, catalog::Precondition precondition = {}) {
    SchemaRef which{kDefaultAccount, std::string(name)};
    return loop_.finish(administration().activate(loop_, std::move(which), version, precondition));
  }
  Result<void> remove(std::string_view name, catalog::Precondition precondition = {}) {
    const SchemaRef which{kDefaultAccount, std::string(name)};
    auto reserved = directory_->reserve_removal(which);
    if (!reserved) return std::unexpected(reserved.error());
    return loop_.finish(administration().remove(loop_, *std::move(reserved), precondition));
  }
  static ErrorCode code_of(const auto& result) { return result ? ErrorCode::kInternal : result.error().code; }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  catalog::MemoryCatalog catalog_;
  metrics::Registry adopting_metrics_;
  FakeCompiler compiler_;
  Options options_;
  std::vector<DefinitionFault> faults_;
  std::unique_ptr<SchemaDirectory> directory_ = SchemaDirectory::open(catalog_).value();
  std::unique_ptr<CompiledSchemas> adopting_;
  std::unique_ptr<SchemaAdministration> administration_;
};

}  // namespace propylon::schema::registry
