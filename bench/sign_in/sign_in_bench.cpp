// Sign-ins per second against bare Argon2id verifications per second on the same cores (docs/performance.md): the same
// threads and hash slots, in short rounds that take turns in going first. More are in flight than can hash or commit,
// so a slot never waits for the disk. Once with the database in memory, which is what Rowan adds on those cores, and
// once on the disk of the temporary folder, whose every durable commit takes cores too, more or fewer by disk. The CPU
// time of one is told as well, for it hardly feels what else the machine does.
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

struct Folder {
  std::filesystem::path path;
  explicit Folder(const std::filesystem::path& parent)
      : path(parent / ("rowan-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()))) {
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

/// A database in a folder of its own, with one account.
class Application {
 public:
  Application(const std::filesystem::path& parent, rowan::PasswordHasher& hasher)
      : folder_(parent),
        database_(rowan::open_database("sqlite:" + (folder_.path / "bench.db").string())),
        mailer_(rowan::open_mailer("mailbox")),
        auth_({.base_url = "https://notes.example",
               .database = *database_,
               .mailer = *mailer_,
               .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
               .strategies = {rowan::password()},
               .hasher = &hasher}) {
    if (!auth_.migrate() ||
        !auth_.action({"password", "register"},
                      {{"email", email}, {"password", password}, {"password_confirmation", password}}))
      std::abort();
  }
  void sign_in() {
    if (!auth_.action({"password", "sign_in"}, {{"email", email}, {"password", password}})) std::abort();
  }
  static constexpr const char *email = "ann@notes.example", *password = "correct horse battery staple";

 private:
  Folder folder_;  // removed last, after the database is closed
  std::unique_ptr<rowan::Database> database_;
  std::unique_ptr<rowan::Mailer> mailer_;
  rowan::Auth auth_;
};

struct Place {
  Application application;
  bench::Comparison rate, cpu;
};

}  // namespace

int main(int argc, char** argv) {
  const auto hasher = rowan::make_argon2id_hasher({}, rowan::system_random());
  const auto stored = *hasher->hash(Application::password);
  std::vector<std::unique_ptr<Place>> places;
  const auto add = [&](const std::filesystem::path& parent, const char* rate, const char* cpu) {
    places.emplace_back(new Place{
        {parent, *hasher}, {rate, "bare Argon2id", "/s", "0.97", false}, {cpu, "bare Argon2id", "ms", "1.03", true}});
  };
  const std::filesystem::path memory = "/dev/shm";
  if (std::filesystem::is_directory(memory))
    add(memory, "sign-ins, database in memory", "CPU of a sign-in, database in memory");
  add(std::filesystem::temp_directory_path(), "sign-ins, database on disk", "CPU of a sign-in, database on disk");

  const unsigned threads = threads_a_core * std::max(1U, std::thread::hardware_concurrency());
  for (int round = 0; round < rounds; ++round) {
    std::vector<Measured> found(places.size() + 1);  // the last is the bare hash
    for (std::size_t turn = 0; turn < found.size(); ++turn) {
      const auto which = (turn + static_cast<std::size_t>(round)) % found.size();
      found[which] = measure(threads, [&] {
        if (which < places.size())
          places[which]->application.sign_in();
        else if (!hasher->verify(Application::password, stored)->matches)
          std::abort();
      });
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      places[i]->rate.ours.push_back(found[i].a_second);
      places[i]->rate.bare.push_back(found.back().a_second);
      places[i]->cpu.ours.push_back(found[i].cpu_ms);
      places[i]->cpu.bare.push_back(found.back().cpu_ms);
    }
  }
  std::vector<bench::Comparison> all;
  for (const auto& place : places) all.insert(all.end(), {place->rate, place->cpu});
  if (bench::wants_json(argc, argv))
    bench::print_json("sign_in", all);
  else
    for (const auto& comparison : all) bench::print(comparison);
}
