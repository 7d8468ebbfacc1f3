#include "api/batch_result.h"

#include <gtest/gtest.h>

namespace propylon::api {
namespace {

TEST(BatchResult, NumbersTheStoredElementsInOrder) {
  BatchResult result(3);
  result.refuse(1, {{ErrorCode::kBodyTooLarge, "too <large>", "", 0}});
  result.stored_from(Sequence{17});
  EXPECT_EQ(result.members_json(),
            R"("errors":["too \u003clarge\u003e"],"fail":1,"sent":2,"results":[{"index":0,"stored":true,"seq":17},)"
            R"({"index":1,"stored":false,"code":"body_too_large","error":"too \u003clarge\u003e"},)"
            R"({"index":2,"stored":true,"seq":18}])");
  EXPECT_EQ(result.error().code, ErrorCode::kBatchPartlyRefused);
  EXPECT_EQ(result.error().message, "too <large>");
}

TEST(BatchResult, OfAnAtomicBatchRefusesEveryElement) {
  BatchResult result(2);
  result.refuse(1, {{ErrorCode::kBodyTooLarge, "b", "", 0}});
  result.refuse_rest();
  EXPECT_NE(result.refusal(0), nullptr);
  EXPECT_EQ(result.members_json(),
            R"("errors":["b"],"fail":2,"sent":0,"results":[{"index":0,"stored":false,"code":"batch_partly_refused",)"
            R"("error":"Not stored, because another element of the atomic batch was refused."},)"
            R"({"index":1,"stored":false,"code":"body_too_large","error":"b"}])");
  EXPECT_EQ(result.error().message, "b");
}

TEST(BatchResult, ListsTheViolationsOfEachElement) {
  BatchResult result(2);
  EXPECT_FALSE(result.any_refused());
  result.refuse(0, {{ErrorCode::kSchemaViolation, "no", "", 0}, R"([{"pointer":""}])"});
  EXPECT_TRUE(result.any_refused());
  EXPECT_EQ(result.refusal(1), nullptr);
  result.stored_from(Sequence{9});
  EXPECT_EQ(result.members_json(),
            R"("errors":["no"],"fail":1,"sent":1,"results":[{"index":0,"stored":false,"code":"schema_violation",)"
            R"("error":"no","errors":[{"pointer":""}]},{"index":1,"stored":true,"seq":9}])");
}

}  // namespace
}  // namespace propylon::api
