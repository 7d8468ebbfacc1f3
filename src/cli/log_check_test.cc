#include "cli/log_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "broker/embedded/embedded_broker.h"
#include "catalog/sqlite/sqlite_catalog.h"
#include "core/manual_loop.h"
#include "core/temporary_directory.h"
#include "log/posix_file_layer.h"

namespace propylon::cli {
namespace {

namespace fs = std::filesystem;

struct SilentSink final : LogSink {
  void write(std::string_view) override {}
};

// A data directory with a station "orders" of two messages and three dead letters.
class LogCheckTest : public testing::Test {
 protected:
  LogCheckTest() {
    open();
    produce();
    bury();
    broker.reset();
    catalog.reset();
  }
  void open() {
    auto opened_catalog = catalog::open_sqlite_catalog(directory / "catalog.db");
    ASSERT_TRUE(opened_catalog.has_value()) << opened_catalog.error().message;
    catalog = *std::move(opened_catalog);
    Loop* const loops[] = {&loop};
    auto opened = broker::embedded::EmbeddedBroker::open(options, log_options, (directory / "log").string(), loops,
                                                         {{files, clock, logger, registry}, *catalog},
                                                         broker::embedded::Background::kByHand);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    broker = *std::move(opened);
  }
  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    spawn([](Task<T> inner, std::optional<T>& to) -> Task<void> { to.emplace(co_await std::move(inner)); }(
                                                      std::move(task), out));
    while (!out) loop.turn();
    return std::move(*out);
  }
  void produce() {
    const ByteView payloads[] = {"a", "b"};
    broker::AppendRequest request{orders, broker::IfMissing::kCreate, {}, payloads};
    ASSERT_TRUE(run(broker->append(loop, request)).has_value());
  }
  void bury() {
    const broker::RefusedMessage messages[] = {{"x", "no", "[]"}, {"y", "no", "[]"}, {"z", "no", "[]"}};
    const auto buried = run(broker->add_dead_letters(loop, orders, broker::DeadLetterReason::kSchema, {}, messages));
    ASSERT_TRUE(buried.has_value()) << buried.error().message;
  }
  // What the check prints.
  std::string check(int expected_code) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(check_log(directory.string()), expected_code);
    return testing::internal::GetCapturedStdout();
  }

  const broker::StationRef orders{kDefaultAccount, "orders"};
  TemporaryDirectory temporary;
  const fs::path directory = temporary.path();
  FakeClock clock;
  ManualLoop loop{clock, 0};
  SilentSink sink;
  Logger logger{sink, clock, LogLevel::kError, LogFormat::kText};
  log::PosixFileLayer files;
  metrics::Registry registry;
  broker::embedded::Options options;
  log::Options log_options;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<broker::embedded::EmbeddedBroker> broker;
};

TEST_F(LogCheckTest, IsContentWithDeadLettersAndSaysWhoseTheyAre) {
  const std::string text = check(0);
  EXPECT_NE(text.find("\norders (dead letters) "), std::string::npos) << text;
  EXPECT_NE(text.find("\norders  "), std::string::npos) << text;
  EXPECT_NE(text.find(" 2 messages, 1 stations; 3 dead letters of 1 station\n"), std::string::npos) << text;
  EXPECT_NE(text.find("damage:     none"), std::string::npos) << text;
}

TEST_F(LogCheckTest, DeadLettersOfARemovedStationAreThoseOfARemovedOne) {
  {
    auto opened = catalog::open_sqlite_catalog(directory / "catalog.db");
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    ASSERT_TRUE((*opened)->remove(catalog::Kind::kStation, kDefaultAccount, "orders", 0).has_value());
  }
  const std::string text = check(0);
  EXPECT_EQ(text.find("(dead letters)"), std::string::npos) << text;
  EXPECT_NE(text.find("; 3 dead letters of 1 station\n"), std::string::npos) << text;
  EXPECT_NE(text.find("(removed)"), std::string::npos) << text;
  EXPECT_NE(text.find("damage:     none"), std::string::npos) << text;
}

}  // namespace
}  // namespace propylon::cli
