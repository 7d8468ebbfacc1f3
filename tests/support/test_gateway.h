// The whole gateway in this process for tests: a real HTTP server on a free port, the endpoints, the authenticator, and
// fakes of broker and catalog.
//
// Users of account 1: root (password "memphis", administrator), app ("Appl1cation!", every station), reader and writer
// ("Appl1cation!", may consume from, or produce to, orders only).
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/readiness.h"
#include "auth/authenticator.h"
#include "auth/user_administration.h"
#include "broker/memory_broker.h"
#include "catalog/memory_catalog.h"
#include "core/clock.h"
#include "core/logger.h"
#include "http/options.h"
#include "http/server.h"
#include "metrics/registry.h"
#include "schema/json_schema/json_schema_compiler.h"
#include "schema/registry/compiled_schemas.h"
#include "schema/registry/schema_administration.h"
#include "schema/registry/schema_directory.h"
#include "support/http_client.h"

namespace propylon::testing {

class RecordingSink final : public LogSink {
 public:
  void write(std::string_view line) override {
    std::lock_guard lock(mutex_);
    text_ += line;
  }
  std::string text() const {
    std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

class SettableReadiness final : public api::Readiness {
 public:
  std::vector<Error> obstacles() const override {
    std::lock_guard lock(mutex_);
    return obstacles_;
  }
  void set(std::vector<Error> obstacles) {
    std::lock_guard lock(mutex_);
    obstacles_ = std::move(obstacles);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Error> obstacles_;
};

// What a test may choose. The port is always a free one of the loopback device.
struct GatewaySettings {
  api::Options api;
  http::Options http;
  schema::registry::Options schemas;
  LogLevel log_level = LogLevel::kInfo;
  broker::Broker* broker = nullptr;  // in place of the fake; outlives the gateway
};

// Thread: the test's. Serves from its making to its end.
class TestGateway final {
 public:
  explicit TestGateway(GatewaySettings settings = {});
  ~TestGateway();

  std::uint16_t port() const { return server_->port(); }
  // One request on a connection of its own.
  HttpAnswer request(std::string_view method, std::string_view target, const HttpFields& fields = {},
                     std::string_view body = {}) const;
  // A POST, and behind it another request on its connection: what was handed out is acknowledged then.
  HttpAnswer post_and_go_on(std::string_view target, const HttpFields& fields, std::string_view body) const;
  // An access token, got once per user by logging in.
  std::string token(const std::string& user);
  // A refresh token, of the same login.
  std::string refresh_token(const std::string& user);
  // The Authorization field with that token.
  HttpFields as(const std::string& user, HttpFields more = {});
  // A token of any content, signed with this gateway's keys.
  std::string sign(const auth::Claims& claims) const { return auth::TokenCodec(keys()).issue(claims); }

  broker::MemoryBroker& broker() { return broker_; }
  SettableReadiness& readiness() { return readiness_; }
  std::string log() const { return sink_.text(); }
  const auth::UserDirectory& users() const { return *users_; }
  schema::registry::SchemaDirectory& schemas() { return *schemas_; }
  catalog::MemoryCatalog& catalog() { return catalog_; }
  // Another user, with the password "Appl1cation!"; token() and as() know a user of another account as "bob$2".
  void add_user(auth::User user);
  // Begins to drain, without a grace period.
  void drain();

  static auth::TokenKeys keys();

 private:
  void make_users();
  void open_schemas();
  void log_in(const std::string& user);

  GatewaySettings settings_;
  auth::Options auth_options_;
  SystemClock clock_;
  RecordingSink sink_;
  Logger logger_;
  metrics::Registry metrics_;
  SettableReadiness readiness_;
  broker::MemoryBroker broker_;
  catalog::MemoryCatalog catalog_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<auth::UserDirectory> users_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<auth::UserAdministration> user_administration_;
  schema::json_schema::JsonSchemaCompiler schema_compiler_;
  std::unique_ptr<schema::registry::SchemaDirectory> schemas_;
  std::unique_ptr<schema::registry::CompiledSchemas> compiled_schemas_;
  std::unique_ptr<schema::registry::SchemaAdministration> schema_administration_;
  std::unique_ptr<api::Api> api_;
  std::map<std::string, std::pair<std::string, std::string>> tokens_;  // by user: access, refresh
};

// The value of a member of a flat JSON object, as text; empty when it is not there.
std::string json_member(std::string_view json, std::string_view name);

}  // namespace propylon::testing
