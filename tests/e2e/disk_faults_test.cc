// The real server on a disk whose writes, reads and syncs fail: nothing that was acknowledged is lost, nothing that was
// refused is there, and /readyz says why it takes nothing.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/failing_disk.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

class DiskFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!FailingDisk::possible()) GTEST_SKIP() << "the library that fails cannot be loaded before the sanitizers";
    gateway = std::make_unique<Gateway>(ServerOptions{.environment = disk.environment()});
    ASSERT_EQ(gateway->produce("orders", "\"before\"").body, kStored);
  }
  void restart() {
    gateway->process().kill();
    disk.heal();
    gateway->process().start();
    gateway->forget_token();
  }
  std::string code_of(const HttpAnswer& answer) const { return text_of(members_of(answer.body)["code"]); }

  FailingDisk disk;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(DiskFaults, AFailedSyncStopsWritesForGoodAndReadyzSaysWhy) {
  gateway->token();
  disk.fail("sync", "/log/");
  // More than a segment: the background syncs it before it makes its index.
  const std::string large = "\"" + std::string(4'000'000, 'x') + "\"";
  std::size_t stored = 0;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (gateway->send("GET", "/readyz").status == 200) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    if (stored < 20 && gateway->produce("large", large).body == kStored) ++stored;
  }
  EXPECT_GT(stored, 15U);
  disk.heal();
  const auto ready = gateway->send("GET", "/readyz");
  EXPECT_EQ(ready.status, 503) << "never tried again";
  EXPECT_EQ(code_of(ready), "store_unavailable");
  const auto reasons = elements_of(members_of(ready.body)["reasons"]);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_NE(reasons[0].find("takes no writes after a failed write or sync"), std::string::npos) << reasons[0];
  EXPECT_EQ(gateway->send("GET", "/livez").status, 200);
  const auto refused = gateway->produce("orders", "\"refused\"");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(code_of(refused), "store_unavailable");
  const auto fetched = gateway->consume("orders", consume_body({}));
  EXPECT_EQ(fetched.status, 503) << fetched.body;
  EXPECT_EQ(code_of(fetched), "store_unavailable") << "a delivery that cannot be recorded is not handed out";
  EXPECT_NE(gateway->process().standard_error().find("Syncing the log failed"), std::string::npos);
  restart();
  EXPECT_EQ(gateway->send("GET", "/readyz").status, 200);
  EXPECT_EQ(payloads_of(gateway->drain("orders")), std::vector<std::string>{"\"before\""});
  std::size_t kept = 0;  // a fetch gives at most 16 MiB
  for (std::size_t got = 1; got > 0; kept += got) got = gateway->drain("large").size();
  EXPECT_EQ(kept, stored) << "the process was killed, not the machine";
}

constexpr const char* kMayBeThere =
    "The disk did not confirm the write: the message or change may be there, as a whole, or not at all. Repeat it only "
    "where a double is harmless; otherwise look first.";

TEST_F(DiskFaults, AMessageWhoseSyncFailedMayBeThereAndItsAnswerSaysSo) {
  const auto made =
      gateway->connect().request("PUT", "/stations/safe", gateway->authorized(), R"({"durability":"disk"})");
  ASSERT_EQ(made.status, 201) << made.body;
  ASSERT_EQ(gateway->produce("safe", "\"before\"").body, kStored);
  disk.fail("sync", "/log/");
  const auto unknown = gateway->produce("safe", "\"perhaps\"");
  expect_problem(unknown, {.status = 503, .code = "outcome_unknown", .error = kMayBeThere, .retryable = true});
  EXPECT_FALSE(unknown.field("Retry-After").empty());
  // From here on nothing is written, and that is known.
  for (const auto& refused : {gateway->produce("safe", "1"), gateway->produce_batch("safe", "[1,2]")}) {
    EXPECT_EQ(code_of(refused), "store_unavailable") << refused.body;
  }
  restart();
  EXPECT_EQ(payloads_of(gateway->drain("safe")), (std::vector<std::string>{"\"before\"", "\"perhaps\""}));
}

TEST_F(DiskFaults, ABatchWhoseSyncFailedIsThereAsAWholeOrNotAtAllAndSaysNothingOfItsElements) {
  ASSERT_EQ(
      gateway->connect().request("PUT", "/stations/safe", gateway->authorized(), R"({"durability":"disk"})").status,
      201);
  disk.fail("sync", "/log/");
  const std::string large(5'000'000, 'x');  // larger than a message may be: the others are stored without it
  const auto unknown = gateway->produce_batch("safe", "[1,\"" + large + "\",3]");
  EXPECT_EQ(unknown.status, 503) << unknown.body;
  EXPECT_EQ(code_of(unknown), "outcome_unknown");
  EXPECT_FALSE(members_of(unknown.body).contains("results")) << "nobody knows them";
  restart();
  EXPECT_EQ(payloads_of(gateway->drain("safe")), (std::vector<std::string>{"1", "3"}));
}

TEST_F(DiskFaults, AFailedWriteIsRefusedAndLeavesNothing) {
  disk.fail("write", "/log/");
  const auto refused = gateway->produce("orders", "\"refused\"");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(code_of(refused), "store_unavailable");
  disk.heal();
  EXPECT_EQ(gateway->produce("orders", "\"after\"").body, kStored);
  EXPECT_EQ(gateway->send("GET", "/readyz").status, 200);
  restart();
  EXPECT_EQ(payloads_of(gateway->drain("orders")), (std::vector<std::string>{"\"before\"", "\"after\""}));
}

TEST_F(DiskFaults, AFailedReadIsAnErrorAndTheMessageComesLater) {
  disk.fail("read", "/log/");
  const auto failed = gateway->consume("orders", consume_body({}));
  EXPECT_EQ(failed.status, 500) << failed.body;
  EXPECT_EQ(failed.body.find("before"), std::string::npos);
  EXPECT_EQ(gateway->produce("orders", "\"after\"").body, kStored) << "writing goes on";
  disk.heal();
  EXPECT_EQ(payloads_of(gateway->drain("orders", "others")), (std::vector<std::string>{"\"before\"", "\"after\""}));
}

TEST_F(DiskFaults, ACatalogThatCannotBeSyncedTakesNoChangeAndKeepsWhatItHad) {
  gateway->token();
  disk.fail("sync", "/catalog.db");
  const auto refused = gateway->produce("new", "\"refused\"");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(code_of(refused), "store_unavailable") << "the station may be there, the message is not";
  EXPECT_EQ(gateway->produce("orders", "\"after\"").body, kStored) << "messages do not need it";
  restart();
  EXPECT_EQ(payloads_of(gateway->drain("new")), std::vector<std::string>{});
  EXPECT_EQ(payloads_of(gateway->drain("orders")), (std::vector<std::string>{"\"before\"", "\"after\""}));
  EXPECT_EQ(gateway->produce("new", "\"stored\"").body, kStored);
  EXPECT_EQ(payloads_of(gateway->drain("new")), std::vector<std::string>{"\"stored\""});
}

TEST_F(DiskFaults, AChangeOfTheCatalogThatCannotBeSyncedMayBeThereAfterTheNextStart) {
  const HttpFields fields = gateway->authorized();
  disk.fail("sync", "/catalog.db");
  const auto unknown = gateway->connect().request("PUT", "/stations/new", fields, R"({"ack_wait_ms":5000})");
  expect_problem(unknown, {.status = 503, .code = "outcome_unknown", .error = kMayBeThere, .retryable = true});
  restart();
  const auto found = gateway->connect().request("GET", "/stations/new", gateway->authorized());
  ASSERT_TRUE(found.status == 404 || found.status == 200) << found.body;
  if (found.status == 200) {
    EXPECT_EQ(members_of(found.body)["ack_wait_ms"], "5000") << "as a whole";
  }
}

// Changes one byte of the only place in the log that holds the text.
void damage(const std::filesystem::path& log, const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator(log)) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto at = bytes.find(text);
    if (at == std::string::npos) continue;
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file.put('#');
    return;
  }
  FAIL() << text << " is nowhere in " << log;
}

TEST_F(DiskFaults, ADamagedMessageIsNamedByStationAndSequenceAndNoFile) {
  ASSERT_EQ(gateway->produce("orders", "\"a rare text\"").body, kStored);
  ASSERT_NO_FATAL_FAILURE(damage(gateway->process().data_dir() / "log", "a rare text"));
  const std::string one = consume_body({.batch_size = 1});
  EXPECT_EQ(payloads_of(messages_of(gateway->consume("orders", one))), std::vector<std::string>{"\"before\""});
  const auto damaged = gateway->consume("orders", one);
  EXPECT_EQ(damaged.status, 500) << damaged.body;
  EXPECT_EQ(code_of(damaged), "corrupt_record");
  const std::string text = text_of(members_of(damaged.body)["error"]);
  EXPECT_TRUE(text.starts_with("Message 2 of station orders ")) << text;
  EXPECT_EQ(text.find('/'), std::string::npos) << text;
  EXPECT_NE(gateway->process().standard_error().find("Message 2 of station orders "), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing
