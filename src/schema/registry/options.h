// What an operator decides about schemas.
#pragma once
#include <cstdint>

#include "core/bytes.h"
#include "core/option.h"

namespace propylon::schema::registry {

struct Options {
  std::uint64_t schemas_max = 10'000;                       // of all accounts
  std::uint64_t schema_definitions_bytes_max = 256 * kMiB;  // all versions of all schemas; they are kept in memory
  std::uint64_t compiled_schemas_bytes_max = 64 * kMiB;     // ready to judge messages
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::schema::registry
