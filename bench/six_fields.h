// A message of six fields and 263 bytes, and the schema that it fits: what a schema costs is measured with these.
#pragma once

namespace propylon::bench {

inline constexpr const char* kSixFieldsSchema =
    R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"object",)"
    R"("required":["order_id","customer","amount","currency"],)"
    R"("properties":{"order_id":{"type":"integer","minimum":1},)"
    R"("customer":{"type":"string","minLength":1,"maxLength":64},)"
    R"("amount":{"type":"number","minimum":0},)"
    R"("currency":{"type":"string","enum":["EUR","USD","GBP"]},)"
    R"("paid":{"type":"boolean"},)"
    R"("note":{"type":"string","maxLength":500}},)"
    R"("additionalProperties":false})";

inline constexpr const char* kSixFieldsMessage =
    R"({"order_id":918273645,"customer":"Ada Lovelace, 12 St James's Square","amount":1299.95,"currency":"EUR",)"
    R"("paid":true,"note":"please leave the parcel with the neighbour on the second floor, the bell is broken; )"
    R"(call before noon, not on Friday - thank you very much"})";

}  // namespace propylon::bench
