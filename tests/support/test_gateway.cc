#include "support/test_gateway.h"

#include <stdexcept>

#include "api/routes.h"
#include "json/document.h"

namespace propylon::testing {
namespace {

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().message);
  return std::move(*result);
}

constexpr std::string_view kRootPassword = "memphis";
constexpr std::string_view kPassword = "Appl1cation!";

std::string_view password_of(std::string_view user) { return user == "root" ? kRootPassword : kPassword; }

}  // namespace

auth::TokenKeys TestGateway::keys() {
  return {Secret("access key of a test, thirty-two bytes"), Secret("refresh key of a test, thirty-two bytes")};
}

TestGateway::TestGateway(GatewaySettings settings)
    : settings_(std::move(settings)), logger_(sink_, clock_, settings_.log_level, LogFormat::kText), broker_(clock_) {
  settings_.http.http_host = "127.0.0.1";
  settings_.http.http_port = 0;
  settings_.http.http_threads = 2;
  // The cheapest hashes that libsodium makes: tests are not about their cost.
  auth_options_.password_hash_memory_kib = 8;
  auth_options_.password_hash_passes = 1;
  make_users();
  server_ = must(http::Server::open(settings_.http, api::route_names(), {clock_, logger_, metrics_}), "server");
  users_ = must(auth::UserDirectory::open(catalog_), "users");
  authenticator_ = std::make_unique<auth::Authenticator>(auth_options_, keys(), *users_, clock_, server_->loop_count());
  broker::Broker& broker = settings_.broker ? *settings_.broker : broker_;
  user_administration_ = std::make_unique<auth::UserAdministration>(auth_options_, catalog_, *users_);
  open_schemas();
  const api::Surroundings surroundings{.broker = broker,
                                       .authenticator = *authenticator_,
                                       .users = *users_,
                                       .user_administration = *user_administration_,
                                       .schemas = *schemas_,
                                       .schema_administration = *schema_administration_,
                                       .compiled_schemas = *compiled_schemas_,
                                       .readiness = readiness_,
                                       .metrics = metrics_,
                                       .clock = clock_,
                                       .logger = logger_};
  api_ = std::make_unique<api::Api>(surroundings, settings_.api, server_->loop_count());
  server_->start(*api_);
}

void TestGateway::open_schemas() {
  using namespace schema::registry;
  schemas_ = must(SchemaDirectory::open(catalog_), "schemas");
  compiled_schemas_ = std::make_unique<CompiledSchemas>(settings_.schemas, *schemas_, schema_compiler_, metrics_,
                                                        server_->loop_count());
  schema_administration_ = std::make_unique<SchemaAdministration>(settings_.schemas, catalog_, *schemas_,
                                                                  schema_compiler_, *compiled_schemas_, clock_);
}

TestGateway::~TestGateway() {
  server_->drain(std::chrono::milliseconds(0), std::chrono::seconds(5));
  server_->join();
}

void TestGateway::drain() { server_->drain(std::chrono::milliseconds(0), std::chrono::seconds(5)); }

void TestGateway::make_users() {
  const auth::PasswordHasher hasher({auth_options_.password_hash_passes, auth_options_.password_hash_memory_kib});
  must(auth::ensure_administrator(catalog_, hasher, "root", Secret(std::string(kRootPassword)), {}), "root");
  add_user({.name = "app"});
  add_user({.name = "reader", .permissions = std::vector<auth::Grant>{{.stations = {"orders"}, .consume = true}}});
  add_user({.name = "writer", .permissions = std::vector<auth::Grant>{{.stations = {"orders"}, .produce = true}}});
}

void TestGateway::add_user(auth::User user) {
  const auth::PasswordHasher hasher({auth_options_.password_hash_passes, auth_options_.password_hash_memory_kib});
  user.password_hash = must(hasher.hash(Secret(std::string(kPassword))), "hash");
  must(catalog_.create(catalog::Kind::kUser, user.account, user.name, auth::to_catalog_body(user)), "user");
}

HttpAnswer TestGateway::request(std::string_view method, std::string_view target, const HttpFields& fields,
                                std::string_view body) const {
  return HttpClient(port()).request(method, target, fields, body);
}

void TestGateway::log_in(const std::string& user) {
  if (tokens_.contains(user)) return;
  const std::string body = R"({"username":")" + user + R"(","password":")" + std::string(password_of(user)) + "\"}";
  const auto answer = request("POST", "/auth/authenticate", {{"Content-Type", "application/json"}}, body);
  if (answer.status != 200) throw std::runtime_error("log in of " + user + ": " + answer.body);
  tokens_[user] = {json_member(answer.body, "jwt"), json_member(answer.body, "jwt_refresh_token")};
}

HttpAnswer TestGateway::post_and_go_on(std::string_view target, const HttpFields& fields, std::string_view body) const {
  HttpClient client(port());
  HttpAnswer answer = client.request("POST", target, fields, body);
  client.request("GET", "/livez");
  return answer;
}

std::string TestGateway::token(const std::string& user) {
  log_in(user);
  return tokens_[user].first;
}

std::string TestGateway::refresh_token(const std::string& user) {
  log_in(user);
  return tokens_[user].second;
}

HttpFields TestGateway::as(const std::string& user, HttpFields more) {
  more.insert(more.begin(), {"Authorization", "Bearer " + token(user)});
  return more;
}

std::string json_member(std::string_view json, std::string_view name) {
  const auto document = json::Document::parse_object(json);
  if (!document) return {};
  const auto value = document->object().find(name);
  if (!value) return {};
  if (const auto text = value->string(name)) return *text;
  return std::string(value->raw());
}

}  // namespace propylon::testing
