// What the bodies of the records about consumer groups hold.
//
//   delivered, acked:  name_bytes u16 | group name | repeated: first u64 | last u64 | deliveries u32   (little endian)
//
// Example, group "g", messages 5..9 handed out for the first time:
//   01 00 67  05 00 00 00 00 00 00 00  09 00 00 00 00 00 00 00  01 00 00 00
// In an acked record `deliveries` is not looked at. The same range form stands in checkpoints.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "broker/consumer_group.h"
#include "core/bytes.h"
#include "core/result.h"

namespace propylon::broker::embedded {

struct GroupRecord {
  std::string group;
  std::vector<SequenceRange> ranges;
};

std::string encode_group_record(std::string_view group, const std::vector<SequenceRange>& ranges);
// Errors: kDamaged: the body is not of this form, though its checksum is good: another program wrote it.
Result<GroupRecord> decode_group_record(ByteView body);

}  // namespace propylon::broker::embedded
