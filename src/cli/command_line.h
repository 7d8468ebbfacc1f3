// The commands of the program and their flags.
#pragma once

namespace propylon::cli {

// Runs the command and returns the process's exit code: 0 done, 1 it failed (one line on standard error says why), 2
// the command line or the configuration is not right.
int run(int argc, char** argv);

}  // namespace propylon::cli
