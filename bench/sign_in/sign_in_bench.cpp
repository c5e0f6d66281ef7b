// Sign-ins per second against bare Argon2id verifications per second on the same cores, in alternating rounds of one run (DESIGN 8).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <rowan/rowan.hpp>
#include <thread>

namespace {

using namespace std::chrono_literals;

template <class F>
double rate(unsigned threads, F&& work) {
  std::atomic<long> done{0};
  std::atomic<bool> stop{false};
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> all;
    for (unsigned t = 0; t < threads; ++t)
      all.emplace_back([&] {
        while (!stop) {
          work();
          ++done;
        }
      });
    std::this_thread::sleep_for(3s);
    stop = true;
  }
  return static_cast<double>(done) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("rowan-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
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
    if (!auth.action("password", "register", {{"email", email}, {"password", password}, {"password_confirmation", password}})) return 1;
    const auto stored = *hasher->hash(password);
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<double> bare, whole;
    for (int round = 0; round < 5; ++round) {
      bare.push_back(rate(cores * 3, [&] { if (!hasher->verify(password, stored)->matches) std::abort(); }));
      whole.push_back(rate(cores * 3, [&] { if (!auth.action("password", "sign_in", {{"email", email}, {"password", password}})) std::abort(); }));
    }
    std::printf("sign-ins: %.1f/s, bare Argon2id: %.1f/s, ratio %.3f (aim 0.97)\n", median(whole), median(bare), median(whole) / median(bare));
  }
  std::filesystem::remove_all(folder);
}
