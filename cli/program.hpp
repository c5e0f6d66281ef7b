#pragma once
// Internal. The program `rowan`: an Auth made from rowan.toml, and its commands.
namespace rowan::cli {

int program(int argc, char** argv);

}  // namespace rowan::cli
