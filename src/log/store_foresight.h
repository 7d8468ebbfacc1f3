// What opening would do with a log whose files a check has read: not guessed, asked of opening's own judgement.
#pragma once
#include "core/result.h"
#include "log/options.h"
#include "log/segment.h"
#include "log/store_report.h"

namespace propylon::log {

// Sets `opening` or `refusal` of the report, and corrects what its findings say about opening. Changes nothing on disk.
// Errors: kIo.
Result<void> foresee_opening(const Place& place, const Options& options, StoreReport& report);

}  // namespace propylon::log
