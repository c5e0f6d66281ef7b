#include <cli/program.hpp>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return rowan::cli::program(argc, argv);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "rowan: %s\n", exception.what());
    return 1;
  }
}
