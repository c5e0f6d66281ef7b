// Corpora rot silently: a seed the parser no longer takes explores nothing. So file names carry the verdict:
// "ok_…" must be accepted, "bad_…" must be refused, and there must be some of both.
#include <filesystem>
#include <fstream>
#include <fuzz/target.hpp>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int accepted = 0, refused = 0, wrong = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::string name = entry.path().filename().string();
    const bool verdict = rowan::fuzz::run(input);
    ++(verdict ? accepted : refused);
    if (name.starts_with(verdict ? "bad_" : "ok_")) {
      std::cerr << name << (verdict ? " is accepted\n" : " is refused\n");
      ++wrong;
    }
  }
  std::cout << accepted << " accepted, " << refused << " refused, " << wrong << " not as named\n";
  return wrong == 0 && accepted > 0 && refused > 0 ? 0 : 1;
}
