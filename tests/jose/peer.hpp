#pragma once
// npm's jose, asked by a test. Skipped, by name, when Node or the package is not there.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <rowan/base/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace rowan::jose_of_npm {

/// Why it cannot be asked here; empty when it can.
inline std::string why_not() {
  if (std::system("node --version >/dev/null 2>&1") != 0) return "there is no node";
  if (!std::filesystem::exists(ROWAN_JOSE_PEER "/node_modules/jose"))
    return "there is no jose: npm --prefix tests/jose ci";
  return {};
}

/// The answers to the jobs, in their order.
inline std::vector<Json> ask(const std::vector<Json>& jobs) {
  auto pattern = (std::filesystem::temp_directory_path() / "rowan-jose-XXXXXX").string();
  const int descriptor = ::mkstemp(pattern.data());
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  ::close(descriptor);
  std::ofstream(pattern) << Json(jobs).text();
  const auto command = "node '" ROWAN_JOSE_PEER "/peer.js' <'" + pattern + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string answers;
  char buffer[4096];
  while (const auto got = std::fread(buffer, 1, sizeof buffer, pipe.get())) answers.append(buffer, got);
  std::filesystem::remove(pattern);
  return Json::parse(answers, {.depth = 16, .bytes = 1 << 20}).value().items();
}

}  // namespace rowan::jose_of_npm
