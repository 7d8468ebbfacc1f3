#include "api/seek_body.h"

#include <limits>
#include <optional>

#include "api/admin_body.h"
#include "core/rfc3339.h"

namespace propylon::api {
namespace {

using broker::SeekTarget;

std::unexpected<Error> refuse_seek() {
  return fail(ErrorCode::kInvalidRequest,
              "The field \"seek\" must be {\"seq\":n}, {\"time\":\"...\"}, \"earliest\" or \"latest\".", "seek");
}

Result<SeekTarget> read_time(const AdminFields& place) {
  const auto text = PPL_TRY(place.string("time", ""));
  const auto time = parse_rfc3339(text.value_or(""));
  if (!time) {
    return fail(ErrorCode::kInvalidRequest,
                "The field \"seek.time\" must be a time as in RFC 3339, for example 2026-01-31T12:00:00Z.",
                "seek.time");
  }
  return SeekTarget{SeekTarget::To::kTime, {}, *time};
}

Result<SeekTarget> read_place(const AdminFields& place) {
  if (place.find("seq").has_value() == place.find("time").has_value()) return refuse_seek();
  if (place.find("time")) return read_time(place);
  const AdminFields::Range sequences{.min = 0, .max = std::numeric_limits<std::int64_t>::max()};
  const auto sequence = PPL_TRY(place.number("seq", sequences, 0));
  return SeekTarget{SeekTarget::To::kSequence, Sequence{*sequence}, {}};
}

}  // namespace

Result<SeekTarget> read_seek(ByteView body) {
  const auto read = PPL_TRY(AdminBody::read(body, NullMeans::kAbsent, {"seek"}));
  const AdminFields fields = read.fields();
  const auto seek = fields.find("seek");
  if (!seek) return refuse_seek();
  if (seek->type() == json::Type::kString) {
    const std::string word = PPL_TRY(seek->string("seek"));
    if (word == "earliest") return SeekTarget{SeekTarget::To::kEarliest, {}, {}};
    if (word == "latest") return SeekTarget{SeekTarget::To::kLatest, {}, {}};
    return refuse_seek();
  }
  if (seek->type() != json::Type::kObject) return refuse_seek();
  const auto place = PPL_TRY(fields.object("seek", {"seq", "time"}));
  return read_place(*place);
}

}  // namespace propylon::api
