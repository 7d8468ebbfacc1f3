#include "cli/command_line.h"

int main(int argc, char** argv) { return propylon::cli::run(argc, argv); }
