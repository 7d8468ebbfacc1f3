#include "broker/memory_broker.h"

#include "broker/conformance.h"

namespace propylon::broker {
namespace {

class MemoryWorld final : public World {
 public:
  Broker& broker() override { return broker_; }

 private:
  MemoryBroker broker_{clock};
};

std::unique_ptr<World> make_memory_world() { return std::make_unique<MemoryWorld>(); }

INSTANTIATE_TEST_SUITE_P(Memory, BrokerConformance, testing::Values(&make_memory_world));
INSTANTIATE_TEST_SUITE_P(Memory, DeadLetterConformance, testing::Values(&make_memory_world));

TEST(MemoryBroker, FailsAsOrdered) {
  MemoryWorld world;
  auto& broker = static_cast<MemoryBroker&>(world.broker());
  broker.fail_with(Error{ErrorCode::kStorageFull, "full", ""});
  const ByteView payload = "x";
  AppendRequest request{{kDefaultAccount, "s"}, IfMissing::kCreate, {}, {&payload, 1}};
  const auto refused = world.run(broker.append(world.loop, request));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  EXPECT_FALSE(broker.health().accepts_messages);
}

}  // namespace
}  // namespace propylon::broker
