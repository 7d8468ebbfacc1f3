// Result<T>: a value or an Error, and the two macros that pass an Error on.
//
// A type of its own over std::expected because g++ 12 does not warn when a plain std::expected is dropped.
#pragma once
#include <expected>
#include <string>
#include <utility>

#include "core/error.h"

namespace propylon {

template <class T>
struct [[nodiscard]] Result : std::expected<T, Error> {
  using std::expected<T, Error>::expected;
};

// The failing side of a Result: `return fail(ErrorCode::kInvalidName, "...")`.
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string field = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(field), 0});
}

}  // namespace propylon

// Evaluates a Result; gives its value, or returns its Error from the enclosing function.
#define PPL_TRY(expression)                                                   \
  __extension__({                                                             \
    auto ppl_result_ = (expression);                                          \
    if (!ppl_result_) return std::unexpected(std::move(ppl_result_).error()); \
    std::move(ppl_result_).value();                                           \
  })

// The same inside a coroutine. Give it a finished Result (`auto r = co_await ...; PPL_CO_TRY(std::move(r))`):
// g++ 12 miscompiles co_await inside a statement expression.
#define PPL_CO_TRY(expression)                                                   \
  __extension__({                                                                \
    auto ppl_result_ = (expression);                                             \
    if (!ppl_result_) co_return std::unexpected(std::move(ppl_result_).error()); \
    std::move(ppl_result_).value();                                              \
  })

// For Result<void>: passes the Error on, has no value.
#define PPL_CHECK(expression)                                                                                  \
  do {                                                                                                         \
    if (auto ppl_result_ = (expression); !ppl_result_) return std::unexpected(std::move(ppl_result_).error()); \
  } while (false)
