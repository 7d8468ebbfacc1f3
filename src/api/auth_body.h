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
  Secret password;
  Secret connection_token;  // another name of the password
  std::string refresh_token;
  AccountId account;  // 0: none given
  auth::Lifetimes lifetimes;
};

// The reference's words for a body that read_auth_fields() refuses, whatever is wrong with it: authors of clients
// search for them.
constexpr std::string_view kUnreadableAuthBody =
    "Some of your fields are not valid it is usually because you are missing some fields or you are sending wrong data "
    "types, also please notice that account_id field should be sent as a number rather than a string";

// Errors, saying what is wrong: kInvalidJson; kBodyTooLarge above 1 MiB of JSON; kInvalidRequest for what is no object
// and no form, and for a field of a wrong type.
Result<AuthFields> read_auth_fields(std::string_view content_type, ByteView body);

// Moves the password out of the fields, by whichever name it came. Errors: kInvalidRequest when both came and differ.
Result<Secret> password_of(AuthFields& fields);

// The answer of both endpoints: exactly four members, lifetimes in milliseconds.
http::Response token_response(const auth::TokenPair& pair);

}  // namespace propylon::api
