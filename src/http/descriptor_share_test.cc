#include "http/descriptor_share.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace propylon::http {
namespace {

TEST(DescriptorShare, GivesConnectionsThreeQuarters) {
  const auto plenty = share_descriptors(20'000, 1'000'000);
  EXPECT_EQ(plenty.served, 20'000U);
  EXPECT_EQ(plenty.refused, 256U);
  const auto usual = share_descriptors(20'000, 1024);
  EXPECT_EQ(usual.served, 768U - 192U);
  EXPECT_EQ(usual.refused, 192U);
  for (std::uint64_t descriptors = 0; descriptors < 3000; ++descriptors) {
    const auto room = share_descriptors(20'000, descriptors);
    EXPECT_GE(room.served, 1U);
    if (descriptors >= 8) {
      EXPECT_LE(room.served + room.refused, descriptors - descriptors / 4);
    }
  }
}

TEST(DescriptorShare, NeverServesMoreThanConnectionsMax) { EXPECT_EQ(share_descriptors(3, 100'000).served, 3U); }

TEST(DescriptorShare, RaisesTheLimitAsFarAsItMay) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{std::min<rlim_t>(before.rlim_cur, 200), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace propylon::http
