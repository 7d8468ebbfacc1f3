#include "http/background_encoder.h"

#include "core/yield_to_loops.h"

namespace propylon::http {

Task<std::optional<std::string>> BackgroundEncoder::encode(Loop& loop, ContentCoding coding, std::string_view body,
                                                           ContentEncoder::Wanted wanted) {
  auto work = [this, coding, body, wanted]() -> Result<std::optional<std::string>> {
    yield_to_loops(Patience::kCanWait);
    return encoder_.encode(coding, body, wanted);
  };
  auto encoded = co_await run_on(pool_, loop, std::move(work));
  if (!encoded) co_return std::nullopt;
  co_return std::move(*encoded);
}

}  // namespace propylon::http
