#include "broker/embedded/group_records.h"

#include "broker/embedded/byte_codec.h"

namespace propylon::broker::embedded {

std::string encode_group_record(std::string_view group, const std::vector<SequenceRange>& ranges) {
  std::string body;
  body.reserve(2 + group.size() + ranges.size() * 20);
  put_text(body, group);
  for (const auto& range : ranges) {
    put(body, range.first.value);
    put(body, range.last.value);
    put(body, range.deliveries);
  }
  return body;
}

Result<GroupRecord> decode_group_record(ByteView body) {
  ByteReader reader(body);
  GroupRecord record{std::string(reader.text()), {}};
  while (reader.good() && !reader.at_end()) {
    const SequenceRange range{Sequence{reader.get<std::uint64_t>()}, Sequence{reader.get<std::uint64_t>()},
                              reader.get<std::uint32_t>()};
    if (range.first > range.last)
      return fail(ErrorCode::kDamaged, "A record about a consumer group has a range that ends before it begins.");
    record.ranges.push_back(range);
  }
  if (!reader.good()) return fail(ErrorCode::kDamaged, "A record about a consumer group is cut short.");
  return record;
}

}  // namespace propylon::broker::embedded
