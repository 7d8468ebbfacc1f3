// The endpoints, one file each, named for the act. routes.cc says under which method and path they stand.
//
// An endpoint is called once the pipeline has let the request through: its RequestContext is complete. The views of
// the request are good until it first suspends.
#pragma once
#include "core/task.h"
#include "http/response.h"

namespace propylon::http {
class Exchange;
}

namespace propylon::api {

struct Services;

using Endpoint = Task<http::Response>(Services& services, http::Exchange& exchange);

Endpoint authenticate;           // a name and a password, or a refresh token, against a pair of tokens
Endpoint refresh_token;          // a refresh token against a pair of tokens
Endpoint produce_single;         // the body is one message
Endpoint produce_batch;          // the elements of a JSON array are one message each
Endpoint consume_batch;          // hands out messages to a member of a group
Endpoint list_stations;          // the account's stations, in parts
Endpoint get_station;            // a station's settings and what it holds
Endpoint put_station;            // makes a station, or changes the settings that are given
Endpoint patch_station;          // changes the settings that are given; null sets one back
Endpoint delete_station;         // with all its messages and groups
Endpoint purge_station;          // takes its messages away
Endpoint list_groups;            // a station's consumer groups and how far they are
Endpoint delete_group;           // forgets a group
Endpoint seek_group;             // moves a group
Endpoint list_dead_letters;      // the messages of a station that were refused and kept
Endpoint delete_dead_letter;     // takes one of them away
Endpoint attach_schema;          // the station's messages are judged by a schema from now on
Endpoint detach_schema;          // and no longer
Endpoint list_schemas;           // the account's schemas, by pages
Endpoint get_schema;             // a schema and its versions
Endpoint put_schema;             // makes a schema, or the next version of one
Endpoint delete_schema;          // with all its versions, unless a station has it
Endpoint get_schema_version;     // a version with its definition
Endpoint activate_schema;        // makes a version the active one
Endpoint validate_message;       // what a station with the schema would say of a message
Endpoint list_users;             // the account's users, by pages
Endpoint get_user;               // one user's document
Endpoint put_user;               // makes a user or changes him
Endpoint patch_user;             // changes a user who exists
Endpoint delete_user;            // removes a user and ends his tokens
Endpoint monitoring_status;      // the process answers
Endpoint resources_utilization;  // processor, memory and disk in percent, for development
Endpoint livez;                  // the process answers
Endpoint readyz;                 // whether it should get traffic, and why not
Endpoint metrics_exposition;     // every metric as Prometheus reads it

}  // namespace propylon::api
