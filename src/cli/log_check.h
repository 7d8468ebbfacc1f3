// `propylon log check DIR`: verifies a data directory that no server uses.
#pragma once
#include <string>

namespace propylon::cli {

inline constexpr const char* kLogCheckFooter =
    "Reads every byte of the log and compares it with its checksums, its indexes and the catalog. Changes nothing.\n"
    "Prints the stations, everything that is wrong (file, offset, what the next start does about it) and totals.\n"
    "A torn end, as a kill or a power cut leaves it, is no damage: the next start cuts it off.\n"
    "On standard error a line every two seconds says how far it is.\n\n"
    "Exit code: 0 all good, 1 damage was found, 2 it could not be checked (no data directory, in use by a running\n"
    "server, not readable).\n\n"
    "Example, before a backup is trusted:  propylon log check /backup/propylon && echo good";

// Prints to standard output; what keeps it from checking goes to standard error. Returns the exit code described above.
// `directory` needs no right to write; a copy of the catalog stands in the temporary directory meanwhile.
int check_log(const std::string& directory);

}  // namespace propylon::cli
