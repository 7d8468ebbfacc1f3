// Where a request wants a consumer group to go on.
//
// {"seek":{"seq":17}}, {"seek":{"time":"2026-01-31T12:00:00Z"}}, {"seek":"earliest"}, {"seek":"latest"}
#pragma once
#include "broker/administration.h"
#include "core/bytes.h"
#include "core/result.h"

namespace propylon::api {

// Errors: kInvalidJson; kInvalidRequest naming the field: anything but one of the four forms.
Result<broker::SeekTarget> read_seek(ByteView body);

}  // namespace propylon::api
