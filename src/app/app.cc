#include "app/app.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "api/api.h"
#include "api/readiness.h"
#include "api/routes.h"
#include "auth/authenticator.h"
#include "auth/keys.h"
#include "auth/user_administration.h"
#include "auth/user_directory.h"
#include "broker/embedded/embedded_broker.h"
#include "catalog/sqlite/sqlite_catalog.h"
#include "http/server.h"
#include "log/boot_id.h"
#include "log/directory_lock.h"
#include "log/posix_file_layer.h"
#include "schema/json_schema/json_schema_compiler.h"
#include "schema/registry/compiled_schemas.h"
#include "schema/registry/schema_administration.h"
#include "schema/registry/schema_directory.h"

namespace propylon::app {
namespace {

// RFC 7518, section 3.2: a key of HS256 is as long as what it makes, or longer.
constexpr std::size_t kKeyBytesMin = 32;

class ServerReadiness final : public api::Readiness {
 public:
  std::vector<Error> obstacles() const override {
    if (!stopping_.load()) return {};
    return {{ErrorCode::kShuttingDown, "The server is stopping.", "", 0}};
  }
  void stopping() { stopping_ = true; }

 private:
  std::atomic<bool> stopping_{false};
};

std::vector<Loop*> loops_of(http::Server& server) {
  std::vector<Loop*> loops;
  for (std::size_t i = 0; i < server.loop_count(); ++i) loops.push_back(&server.loop(i));
  return loops;
}

// The port as a file that is there whole or not at all.
Result<void> write_port_file(const std::string& path, std::uint16_t port) {
  const std::string temporary = path + ".tmp";
  std::ofstream(temporary) << port << '\n';
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error)
    return fail(ErrorCode::kIo, "The port file " + path + " cannot be written: " + error.message(), "port_file");
  return {};
}

}  // namespace

// In the order of making; destroyed in reverse.
struct App::Parts {
  Parts(const Settings& all_settings, const Logger& a_logger) : settings(all_settings), logger(a_logger) {}

  const Settings& settings;
  const Logger& logger;
  SystemClock clock;
  metrics::Registry metrics;
  log::PosixFileLayer files;
  log::Options log_options;
  ServerReadiness readiness;
  auth::AdministratorSetup administrator;
  std::unique_ptr<log::DirectoryLock> lock;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<auth::UserDirectory> users;
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<auth::UserAdministration> user_administration;
  schema::json_schema::JsonSchemaCompiler schema_compiler;
  std::unique_ptr<schema::registry::SchemaDirectory> schemas;
  std::unique_ptr<schema::registry::CompiledSchemas> compiled_schemas;
  std::unique_ptr<schema::registry::SchemaAdministration> schema_administration;
  std::unique_ptr<broker::embedded::EmbeddedBroker> broker;
  std::unique_ptr<api::Api> api;

  Result<void> open_catalog_and_auth(const auth::ShowPassword& show_password);
  void warn_of_short_keys() const;
  Result<void> open_schemas();
  Result<void> open_broker();
};

Result<void> App::Parts::open_catalog_and_auth(const auth::ShowPassword& show_password) {
  const std::filesystem::path directory = settings.app.data_dir;
  catalog = PPL_TRY(catalog::open_sqlite_catalog(directory / "catalog.db"));
  const auth::PasswordHasher hasher({settings.auth.password_hash_passes, settings.auth.password_hash_memory_kib});
  administrator = PPL_TRY(auth::ensure_administrator(*catalog, hasher, settings.auth.root_user,
                                                     settings.auth.root_password, show_password));
  if (administrator.left_to_others) {
    logger.warn("root_user is no administrator; others are", {{"root_user", settings.auth.root_user}});
  }
  warn_of_short_keys();
  auto keys = PPL_TRY(auth::load_or_make_keys(directory, settings.auth.jwt_secret, settings.auth.refresh_jwt_secret));
  users = PPL_TRY(auth::UserDirectory::open(*catalog));
  authenticator =
      std::make_unique<auth::Authenticator>(settings.auth, std::move(keys), *users, clock, server->loop_count());
  user_administration = std::make_unique<auth::UserAdministration>(settings.auth, *catalog, *users);
  return {};
}

void App::Parts::warn_of_short_keys() const {
  const auto warn_of = [this](const char* setting, const Secret& key) {
    if (key.empty() || key.reveal().size() >= kKeyBytesMin) return;
    logger.warn("a key is so short that tokens could be forged by trying",
                {{"setting", setting}, {"bytes", key.reveal().size()}, {"bytes_wanted", kKeyBytesMin}});
  };
  warn_of("jwt_secret", settings.auth.jwt_secret);
  warn_of("refresh_jwt_secret", settings.auth.refresh_jwt_secret);
}

Result<void> App::Parts::open_schemas() {
  using namespace schema::registry;
  schemas = PPL_TRY(SchemaDirectory::open(*catalog));
  compiled_schemas =
      std::make_unique<CompiledSchemas>(settings.schemas, *schemas, schema_compiler, metrics, server->loop_count());
  schema_administration = std::make_unique<SchemaAdministration>(settings.schemas, *catalog, *schemas, schema_compiler,
                                                                 *compiled_schemas, clock);
  return {};
}

Result<void> App::Parts::open_broker() {
  log_options = settings.log;
  log_options.boot_id = log::current_boot_id();
  const auto loops = loops_of(*server);
  broker = PPL_TRY(broker::embedded::EmbeddedBroker::open(
      settings.broker, log_options, (std::filesystem::path(settings.app.data_dir) / "log").string(), loops,
      {{files, clock, logger, metrics}, *catalog}, broker::embedded::Background::kThread));
  return {};
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::open(const Settings& settings, const Logger& logger,
                                       const auth::ShowPassword& show_password) {
  auto parts = std::make_unique<Parts>(settings, logger);
  parts->lock = PPL_TRY(log::DirectoryLock::acquire(settings.app.data_dir));
  // The port next: a busy one must show before a long replay, and the loops' number is known from here on.
  parts->server =
      PPL_TRY(http::Server::open(settings.http, api::route_names(), {parts->clock, logger, parts->metrics}));
  PPL_CHECK(parts->open_catalog_and_auth(show_password));
  PPL_CHECK(parts->open_schemas());
  PPL_CHECK(parts->open_broker());
  const api::Surroundings surroundings{.broker = *parts->broker,
                                       .authenticator = *parts->authenticator,
                                       .users = *parts->users,
                                       .user_administration = *parts->user_administration,
                                       .schemas = *parts->schemas,
                                       .schema_administration = *parts->schema_administration,
                                       .compiled_schemas = *parts->compiled_schemas,
                                       .readiness = parts->readiness,
                                       .metrics = parts->metrics,
                                       .clock = parts->clock,
                                       .logger = logger};
  parts->api = std::make_unique<api::Api>(surroundings, settings.api, parts->server->loop_count());
  return std::unique_ptr<App>(new App(std::move(parts)));
}

Result<void> App::start() {
  parts_->server->start(*parts_->api);
  if (!parts_->settings.app.port_file.empty()) PPL_CHECK(write_port_file(parts_->settings.app.port_file, port()));
  parts_->logger.info("serving", {{"address", address()},
                                  {"data_dir", parts_->settings.app.data_dir},
                                  {"http_threads", parts_->server->loop_count()}});
  return {};
}

void App::stop() {
  parts_->readiness.stopping();
  parts_->server->drain(std::chrono::milliseconds(parts_->settings.app.drain_grace_ms),
                        std::chrono::milliseconds(parts_->settings.app.drain_limit_ms));
}

Result<void> App::wait() {
  parts_->server->join();
  auto closed = parts_->broker->close();
  parts_->logger.info("stopped");
  return closed;
}

std::uint16_t App::port() const { return parts_->server->port(); }
std::string App::address() const { return parts_->server->address(); }
const Secret& App::generated_password() const { return parts_->administrator.generated_password; }

}  // namespace propylon::app
