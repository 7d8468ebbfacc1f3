#include "catalog/precondition.h"

#include <gtest/gtest.h>

#include <vector>

namespace propylon::catalog {
namespace {

TEST(Precondition, HoldsOrSaysWhatIsThere) {
  struct Case {
    Precondition precondition;
    std::optional<std::uint64_t> revision;
    std::string refusal;  // empty: it holds
  };
  const std::vector<Case> cases = {
      {{}, 7, ""},
      {{}, std::nullopt, ""},
      {{.revision = 7}, 7, ""},
      {{.revision = 6}, 7, "Schema orders was changed by somebody else: its revision is 7."},
      {{.revision = 7}, std::nullopt, "Schema orders does not exist."},
      {{.must_exist = true}, 7, ""},
      {{.must_exist = true}, std::nullopt, "Schema orders does not exist."},
      {{.must_not_exist = true}, std::nullopt, ""},
      {{.must_not_exist = true}, 7, "Schema orders exists, with revision 7."},
      {{.revision = 7, .must_not_exist = true}, 7, "Schema orders exists, with revision 7."},
      {{.revision = 7, .must_not_exist = true}, std::nullopt, "Schema orders does not exist."},
  };
  for (const auto& c : cases) {
    std::optional<Document> document;
    if (c.revision) document.emplace().revision = *c.revision;
    const auto checked = check(c.precondition, document, "Schema orders");
    EXPECT_EQ(checked.has_value(), c.refusal.empty()) << c.refusal;
    if (checked) continue;
    EXPECT_EQ(checked.error().code, ErrorCode::kPreconditionFailed);
    EXPECT_EQ(checked.error().message, c.refusal);
  }
}

}  // namespace
}  // namespace propylon::catalog
