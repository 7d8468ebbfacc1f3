// The bodies of /auth/*: JSON with any content type, or a form.
#pragma once
#include <string>
#include <string_view>

#include "auth/authenticator.h"
#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"
#include "core/secret.h"
#include "http/response.h"

namespace propylon::api {

// Absent and null fields are empty or zero.
struct AuthFields {
  std::string username;
  Secret password;  // `connection_token` is another name of it
  std::string refresh_token;
  AccountId account;  // 0: none given
  auth::Lifetimes lifetimes;
};

// Errors: kInvalidRequest with the reference's long text for what cannot be read or has a wrong type, and for a
// password and a connection_token that differ.
Result<AuthFields> read_auth_fields(std::string_view content_type, ByteView body);

// The answer of both endpoints: exactly four members, lifetimes in milliseconds.
http::Response token_response(const auth::TokenPair& pair);

}  // namespace propylon::api
