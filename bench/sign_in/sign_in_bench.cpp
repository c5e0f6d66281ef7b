// Sign-ins per second against bare Argon2id verifications per second on the same cores (DESIGN 8): the same threads and
// hash slots, in short rounds that take turns in going first. More are in flight than can hash or commit, so a slot
// never waits for the disk. The CPU time of one is told as well, for it hardly feels what else the machine does.
// [--json]
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <rowan/rowan.hpp>
#include <thread>

#include "../report.hpp"

namespace {

using namespace std::chrono_literals;

constexpr int rounds = 30;
constexpr unsigned threads_a_core = 4;

struct Measured {
  double a_second, cpu_ms;
};

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

template <class F>
Measured measure(unsigned threads, F&& work) {
  std::atomic<long> done{0};
  std::atomic<bool> stop{false};
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  {
    std::vector<std::jthread> all;
    for (unsigned t = 0; t < threads; ++t)
      all.emplace_back([&] {
        while (!stop) {
          work();
          ++done;
        }
      });
    std::this_thread::sleep_for(1s);
    stop = true;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
               count = static_cast<double>(done);
  return {count / seconds, (cpu_seconds() - cpu) * 1000 / count};
}

}  // namespace

int main(int argc, char** argv) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("rowan-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::filesystem::create_directory(folder);
  {
    auto database = rowan::open_database("sqlite:" + (folder / "bench.db").string());
    auto mailer = rowan::open_mailer("mailbox");
    auto hasher = rowan::make_argon2id_hasher({}, rowan::system_random());
    rowan::Auth auth({.base_url = "https://notes.example",
                      .database = *database,
                      .mailer = *mailer,
                      .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
                      .strategies = {rowan::password()},
                      .hasher = hasher.get()});
    if (!auth.migrate()) return 1;
    const std::string email = "ann@notes.example", password = "correct horse battery staple";
    if (!auth.action("password", "register",
                     {{"email", email}, {"password", password}, {"password_confirmation", password}}))
      return 1;
    const auto stored = *hasher->hash(password);
    const unsigned threads = threads_a_core * std::max(1U, std::thread::hardware_concurrency());
    const auto bare = [&] {
      return measure(threads, [&] {
        if (!hasher->verify(password, stored)->matches) std::abort();
      });
    };
    const auto whole = [&] {
      return measure(threads, [&] {
        if (!auth.action("password", "sign_in", {{"email", email}, {"password", password}})) std::abort();
      });
    };
    bench::Comparison rate{"sign-ins", "bare Argon2id", "/s", "0.97", false};
    bench::Comparison cpu{"CPU of a sign-in", "bare Argon2id", "ms", "1.03", true};
    for (int round = 0; round < rounds; ++round) {
      const bool bare_first = round % 2 == 0;
      const auto first = bare_first ? bare() : whole(), second = bare_first ? whole() : bare();
      const auto& hash = bare_first ? first : second;
      const auto& sign_in = bare_first ? second : first;
      rate.ours.push_back(sign_in.a_second);
      rate.bare.push_back(hash.a_second);
      cpu.ours.push_back(sign_in.cpu_ms);
      cpu.bare.push_back(hash.cpu_ms);
    }
    if (bench::wants_json(argc, argv)) {
      bench::print_json("sign_in", {rate, cpu});
    } else {
      bench::print(rate);
      bench::print(cpu);
    }
  }
  std::filesystem::remove_all(folder);
}
