// What an administrator sends about a user.
//
//   {"password":"...","role":"admin"|"client","permissions":[{"stations":["orders.*"],
//    "actions":["produce","consume"]}],"description":""}
#pragma once
#include "api/admin_body.h"
#include "auth/user_administration.h"
#include "core/bytes.h"
#include "core/result.h"

namespace propylon::api {

// Patterns come out in normal form. Whether a password is good enough is auth's to judge; a null in a PATCH is an
// empty one.
// Errors: kInvalidJson; kInvalidRequest and kInvalidName naming the field ("permissions[0].stations[1]").
Result<auth::UserChange> read_user_body(ByteView body, NullMeans null_means);

}  // namespace propylon::api
