// The checks behind format.h, one for each family of formats.
#pragma once
#include <string_view>

namespace propylon::schema::json_schema {

bool is_date(std::string_view text);
bool is_time(std::string_view text);
bool is_date_time(std::string_view text);
bool is_duration(std::string_view text);

enum class Alphabet { kAscii, kUnicode };

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);
bool is_email(std::string_view text, Alphabet alphabet);
bool is_hostname(std::string_view text);
bool is_idn_hostname(std::string_view text);

enum class UriForm { kAbsolute, kReference };
bool is_uri(std::string_view text, UriForm form, Alphabet alphabet);
bool is_uri_template(std::string_view text);
bool is_json_pointer(std::string_view text);
bool is_relative_json_pointer(std::string_view text);
bool is_uuid(std::string_view text);

}  // namespace propylon::schema::json_schema
