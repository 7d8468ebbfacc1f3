// Messages that a station's schema refuses, and what is done to the dead letters that are kept of them.
#pragma once
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "crash/mixed_load.h"
#include "support/gateway.h"

namespace propylon::testing {

// What mixed_payload() gives fits it; an array does not.
inline constexpr const char* kTextsSchema = "texts";
inline constexpr const char* kTextsSchemaBody = R"({"type":"json","definition":{"type":"string"}})";

// One message that the schema refuses, or a batch with some of them. The station has letters.
void produce_refused(HttpClient& connection, const Target& target, MixedStation& station, std::size_t client,
                     std::mt19937_64& random);

// A page of the list; fails the test when a letter is not one of this station's.
struct LetterPage {
  std::vector<ListedLetter> letters;
  std::string next;  // empty behind the last page
};
LetterPage letters_in(const HttpAnswer& answer, const StationHistory& station);

// Compares all the dead letters of a station that nobody uses meanwhile with what was told to its producers.
void check_letters(Gateway& gateway, MixedStation& station);

}  // namespace propylon::testing
