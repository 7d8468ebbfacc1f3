// Tokens from strangers: nothing that was not issued here is ever accepted, whatever its bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/credentials.h"
#include "auth/jwt.h"
#include "core/assert.h"

using namespace propylon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auth::TokenCodec codec({.access = Secret("access"), .refresh = Secret("refresh")});
  static const std::string good = codec.issue({.subject = "bob",
                                               .account = AccountId{1},
                                               .issued_at_s = 1,
                                               .expires_at_s = 1'000'000,
                                               .id = "x",
                                               .type = auth::TokenType::kAccess,
                                               .user_id = 1,
                                               .token_version = 1});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = codec.verify(text, auth::TokenType::kAccess, 2);
  PPL_ASSERT(result.has_value() == (text == good));
  PPL_ASSERT(!codec.verify(text, auth::TokenType::kRefresh, 2));

  // A good token that was changed in one place by the input.
  if (size >= 3) {
    std::string changed = good;
    const std::size_t at = (data[0] * 256u + data[1]) % changed.size();
    changed[at] = static_cast<char>(data[2]);
    PPL_ASSERT(codec.verify(changed, auth::TokenType::kAccess, 2).has_value() == (changed == good));
  }
  if (const auto authorization = auth::parse_authorization(text)) {
    PPL_ASSERT(!authorization->value.empty());
    (void)auth::decode_basic(authorization->value);
  }
  (void)auth::decode_basic(text);
  (void)auth::resolve_user(text, {}, {});
  return 0;
}
