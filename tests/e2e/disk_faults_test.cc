// The real server on a disk whose writes, reads and syncs fail: nothing that was acknowledged is lost, nothing that was
// refused is there, and /readyz says why it takes nothing.
#include <gtest/gtest.h>

#include <chrono>

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

TEST_F(DiskFaults, AFailedWriteIsRefusedAndLeavesNothing) {
  disk.fail("write", "/log/");
  const auto refused = gateway->produce("orders", "\"refused\"");
  EXPECT_EQ(refused.status, 500) << refused.body;
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
  EXPECT_EQ(refused.status, 500) << refused.body;
  EXPECT_EQ(gateway->produce("orders", "\"after\"").body, kStored) << "messages do not need it";
  restart();
  EXPECT_EQ(payloads_of(gateway->drain("orders")), (std::vector<std::string>{"\"before\"", "\"after\""}));
  EXPECT_EQ(gateway->produce("new", "\"stored\"").body, kStored);
  EXPECT_EQ(payloads_of(gateway->drain("new")), std::vector<std::string>{"\"stored\""});
}

}  // namespace
}  // namespace propylon::testing
