// A volume, or a limit, hardly larger than what the server sets aside for itself.
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/small_disk.h"
#include "support/gateway.h"

namespace propylon::testing {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

// What a start that is refused says.
std::string refusal(ServerOptions options) {
  try {
    ServerProcess server(std::move(options));
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
  return "it started";
}

TEST(SmallVolume, AStartWithLessSpaceThanItSetsAsideIsRefusedNamingTheSettingAndTheSize) {
  const std::string by_limit = refusal({.environment = {{"PROPYLON_DATA_BYTES_MAX", "100000000"}}});
  EXPECT_NE(by_limit.find("data_bytes_max is 100000000"), std::string::npos) << by_limit;
  EXPECT_NE(by_limit.find("needs 167772160 bytes (data_bytes_max)"), std::string::npos) << by_limit;
  const auto disk = SmallDisk::mount(120 * kMiB);
  if (!disk) GTEST_SKIP() << "needs the right to mount a tmpfs";
  const std::string by_volume = refusal({.data_dir = disk->path() / "data"});
  EXPECT_NE(by_volume.find("needs 167772160 bytes (data_bytes_max)"), std::string::npos) << by_volume;
}

TEST(SmallVolume, OnASmallOneMessagesAreTakenAndAnEmptyStoreIsReady) {
  const auto disk = SmallDisk::mount(220 * kMiB);
  if (!disk) GTEST_SKIP() << "needs the right to mount a tmpfs";
  Gateway gateway({.data_dir = disk->path() / "data"});
  EXPECT_EQ(gateway.send("GET", "/readyz").status, 200);
  const HttpFields token = {{"Authorization", gateway.bearer()}};
  const std::string large(4 * kMiB, 'x');
  for (int i = 0; i < 8; ++i) {
    expect_json(gateway.send("POST", "/stations/orders/produce/single", token, large), kStored);
  }
  EXPECT_EQ(gateway.send("GET", "/readyz").status, 200);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

}  // namespace
}  // namespace propylon::testing
