#include "api/error_catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace propylon::api {
namespace {

std::vector<std::string> rows_of_the_page() {
  std::ifstream file(PROPYLON_SOURCE_DIR "/docs/errors.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

TEST(ErrorCatalogue, IsWhatTheDocumentationSays) {
  const auto rows = rows_of_the_page();
  ASSERT_EQ(rows.size(), kAnswerableCodes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto entry = catalogue_entry(kAnswerableCodes[i]);
    std::ostringstream expected;
    expected << "| `" << to_string(kAnswerableCodes[i]) << "` | " << entry.status << " | " << entry.title << " | "
             << (entry.retryable ? "yes" : "no") << " | " << (entry.nothing_written ? "yes" : "no") << " | ";
    EXPECT_TRUE(rows[i].starts_with(expected.str()))
        << "in the table:  " << expected.str() << "\non the page:   " << rows[i];
  }
}

TEST(ErrorCatalogue, HasEachAnswerableCodeOnceAndNoOther) {
  std::set<ErrorCode> listed(kAnswerableCodes.begin(), kAnswerableCodes.end());
  EXPECT_EQ(listed.size(), kAnswerableCodes.size());
  for (const auto code : kAnswerableCodes) EXPECT_EQ(answered_code(code), code);
  for (const auto code : {ErrorCode::kInvalidConfig, ErrorCode::kBusy, ErrorCode::kIo, ErrorCode::kDamaged}) {
    EXPECT_FALSE(listed.contains(code));
    EXPECT_EQ(answered_code(code), ErrorCode::kInternal);
    EXPECT_EQ(catalogue_entry(code).status, 500) << to_string(code);
    EXPECT_FALSE(catalogue_entry(code).public_text.empty()) << to_string(code);
  }
  // Every number of the enumeration is one of both.
  EXPECT_EQ(listed.size() + 4, static_cast<std::size_t>(ErrorCode::kDamaged) + 1);
}

TEST(ErrorCatalogue, SaysWhenToTryAgainForEach429And503) {
  for (const auto code : kAnswerableCodes) {
    const auto entry = catalogue_entry(code);
    if (entry.status == 429 || entry.status == 503) {
      EXPECT_GT(entry.retry_after_s, 0U) << to_string(code);
      EXPECT_TRUE(entry.retryable) << to_string(code);
    }
  }
}

}  // namespace
}  // namespace propylon::api
