#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "process_use.hpp"

namespace rowan::overload {

ThreadTimes thread_times(pid_t process) {
  ThreadTimes times;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
    std::ifstream file(task.path() / "stat");
    std::string line;
    std::getline(file, line);
    // The name in parentheses may hold anything; utime and stime are the 12th and 13th words behind it.
    const auto behind_name = line.rfind(')');
    if (behind_name == line.npos) continue;
    std::istringstream words(line.substr(behind_name + 1));
    std::string word;
    for (int i = 0; i < 11; ++i) words >> word;
    double user = 0, system = 0;
    words >> user >> system;
    times[static_cast<pid_t>(std::stol(task.path().filename().string()))] = (user + system) / ticks;
  }
  return times;
}

ThreadTimes since(const ThreadTimes& before, const ThreadTimes& after) {
  ThreadTimes used;
  for (const auto& [thread, seconds] : after) {
    const auto was = before.find(thread);
    used[thread] = seconds - (was == before.end() ? 0 : was->second);
  }
  return used;
}

double memory_mib(pid_t process, const char* which) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  std::string word;
  while (file >> word)
    if (word == std::string(which) + ":") {
      double kib = 0;
      file >> kib;
      return kib / 1024;
    }
  return 0;
}

MemoryWatch::MemoryWatch(pid_t process)
    : thread_([this, process] {
        while (!stop_) {
          samples_.push_back({Clock::now(), memory_mib(process, "VmRSS")});
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
      }) {}

std::vector<MemorySample> MemoryWatch::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return samples_;
}

}  // namespace rowan::overload
