// What a produced message costs the loop that serves it in memory from the heap, from the socket to the broker and
// back.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "broker/broker.h"
#include "support/test_gateway.h"

namespace {

// Allocations of threads that serve; a thread serves once its broker has been called on it.
std::atomic<std::uint64_t> allocations{0};
thread_local bool serves = false;

}  // namespace

// Not inlined: g++ would see free() meet operator new and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (serves) ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace propylon::testing {
namespace {

// Takes every message and keeps none.
class DiscardingBroker final : public broker::Broker {
 public:
  explicit DiscardingBroker(const broker::StationSettings& settings = {})
      : rules_(broker::produce_rules_of(settings)) {}
  Task<Result<broker::Appended>> append(Loop&, broker::AppendRequest request) override {
    serves = true;
    last_ += request.payloads.size();
    co_return broker::Appended{Sequence{last_}, static_cast<std::uint32_t>(request.payloads.size())};
  }
  Task<Result<std::unique_ptr<broker::Fetched>>> fetch(Loop&, broker::FetchRequest, Cancellation&) override {
    return nothing<std::unique_ptr<broker::Fetched>>();
  }
  Task<Result<void>> settle(Loop&, broker::Fetched&, broker::Settlement) override { co_return {}; }
  const broker::ProduceRules& produce_rules(Loop&, broker::StationRef) override { return rules_; }
  Task<Result<broker::StationInfo>> station(Loop&, broker::StationRef) override {
    return nothing<broker::StationInfo>();
  }
  Task<Result<Page<broker::StationInfo>>> stations(Loop&, AccountId, PageRequest) override {
    return nothing<Page<broker::StationInfo>>();
  }
  Task<Result<broker::StationPut>> put_station(Loop&, broker::StationRef, broker::SettingsChange, broker::Precondition,
                                               broker::IfMissing) override {
    return nothing<broker::StationPut>();
  }
  Task<Result<void>> remove_station(Loop&, broker::StationRef, broker::Precondition) override {
    return nothing<void>();
  }
  Task<Result<broker::StationInfo>> purge(Loop&, broker::StationRef, std::optional<Sequence>) override {
    return nothing<broker::StationInfo>();
  }
  Task<Result<Page<broker::GroupInfo>>> groups(Loop&, broker::StationRef, PageRequest) override {
    return nothing<Page<broker::GroupInfo>>();
  }
  Task<Result<void>> remove_group(Loop&, broker::StationRef, std::string_view) override { return nothing<void>(); }
  Task<Result<broker::GroupInfo>> seek_group(Loop&, broker::StationRef, std::string_view, broker::SeekTarget) override {
    return nothing<broker::GroupInfo>();
  }
  Task<Result<void>> add_dead_letters(Loop&, broker::StationRef, broker::DeadLetterReason, ByteView,
                                      std::span<const broker::RefusedMessage>) override {
    return nothing<void>();
  }
  Task<Result<Page<broker::DeadLetter>>> dead_letters(Loop&, broker::StationRef,
                                                      broker::DeadLetterPageRequest) override {
    return nothing<Page<broker::DeadLetter>>();
  }
  Task<Result<void>> remove_dead_letter(Loop&, broker::StationRef, Sequence) override { return nothing<void>(); }
  std::vector<std::string> stations_with_schema(AccountId, std::string_view, std::size_t) const override { return {}; }
  broker::StationSettings template_settings() const override { return {}; }
  broker::Capabilities capabilities() const override { return {}; }
  broker::Health health() const override { return {}; }

 private:
  template <class T>
  static Task<Result<T>> nothing() {
    co_return fail(ErrorCode::kNotImplemented, "keeps nothing");
  }
  const broker::ProduceRules rules_;
  std::atomic<std::uint64_t> last_{0};
};

constexpr std::uint64_t kWarmUp = 200;
constexpr std::uint64_t kRequests = 1000;
// What the loop does now and then and not per request may allocate: a verified token is checked again, for example.
constexpr std::uint64_t kNowAndThen = kRequests / 100;

// Sends the same request many times on one connection, one after the other; gives the loop's allocations.
std::uint64_t allocations_of(TestGateway& gateway, const std::string& bytes) {
  HttpClient client(gateway.port());
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < kWarmUp + kRequests; ++i) {
    if (i == kWarmUp) before = allocations;
    client.send(bytes);
    EXPECT_EQ(client.receive().status, 200);
  }
  return allocations - before;
}

TEST(HotPath, AProducedMessageAllocatesNothingOfItsOwn) {
  DiscardingBroker broker;
  GatewaySettings settings;
  settings.broker = &broker;
  TestGateway gateway(settings);
  const auto fields = gateway.as("root", {{"Content-Type", "application/json"}, {"User-Agent", "axios/0.27.2"}});
  const std::string target = "/stations/a.name.longer.than.a.small.string/produce/single";
  EXPECT_LE(allocations_of(gateway, HttpClient::render("POST", target, fields, std::string(300, 'x'))), kNowAndThen);
}

TEST(HotPath, AMessageThatItsSchemaAcceptsAllocatesNothingEither) {
  broker::StationSettings with_schema;
  with_schema.schema = broker::SchemaSetting{.name = "a.schema.with.a.longer.name.than.a.small.string"};
  DiscardingBroker broker(with_schema);
  GatewaySettings settings;
  settings.broker = &broker;
  TestGateway gateway(settings);
  const std::string schema = R"({"type":"json","definition":{"type":"object","required":["id"],"properties":)"
                             R"({"id":{"type":"integer","minimum":1},"note":{"type":"string","maxLength":500}}}})";
  ASSERT_EQ(gateway.request("PUT", "/schemas/" + with_schema.schema->name, gateway.as("root"), schema).status, 201);
  const auto fields = gateway.as("root", {{"Content-Type", "application/json"}});
  const std::string message = R"({"id":4711,"note":")" + std::string(200, 'n') + "\"}";
  EXPECT_LE(allocations_of(gateway, HttpClient::render("POST", "/stations/orders/produce/single", fields, message)),
            kNowAndThen);
}

// The scanner's record of open brackets is the one thing that a batch takes from the heap, whatever its size.
TEST(HotPath, ABatchAllocatesOnceAtMostHoweverManyElements) {
  DiscardingBroker broker;
  GatewaySettings settings;
  settings.broker = &broker;
  TestGateway gateway(settings);
  const auto fields = gateway.as("root", {{"Content-Type", "application/json"}});
  std::string body = "[0";
  for (int i = 1; i < 100; ++i) body += ",{\"a\":[1,2,3]}";
  const auto bytes = HttpClient::render("POST", "/stations/orders/produce/batch", fields, body + "]");
  EXPECT_LE(allocations_of(gateway, bytes), kRequests + kNowAndThen);
}

}  // namespace
}  // namespace propylon::testing
