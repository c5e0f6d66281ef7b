// What the audit log adds to a sign-in (docs/performance.md): the same sign-in with and without the add-on, one after
// the other, in short rounds that take turns in going first. The hash is left out: a hasher that only compares, so what
// is measured is everything else. Once with the database in memory, and once on the disk of the temporary folder.
// [--json]
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <rowan/rowan.hpp>

#include "../report.hpp"

namespace {

constexpr int rounds = 40, sign_ins_a_round = 100;

class NoHash final : public rowan::PasswordHasher {
 public:
  rowan::Result<std::string> hash(std::string_view password) override { return "none:" + std::string(password); }
  rowan::Result<rowan::PasswordHasher::Verdict> verify(std::string_view password, std::string_view stored) override {
    return Verdict{.matches = stored == "none:" + std::string(password)};
  }
  rowan::Result<rowan::PasswordHasher::Verdict> verify_nobody(std::string_view) override { return Verdict{}; }
};

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
  Application(const std::filesystem::path& parent, std::vector<rowan::AddOn> add_ons)
      : folder_(parent),
        database_(rowan::open_database("sqlite:" + (folder_.path / "bench.db").string())),
        mailer_(rowan::open_mailer("mailbox")),
        auth_({.base_url = "https://notes.example",
               .database = *database_,
               .mailer = *mailer_,
               .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
               .strategies = {rowan::password()},
               .add_ons = std::move(add_ons),
               .hasher = &hasher_}) {
    if (!auth_.migrate() ||
        !auth_.action({"password", "register"},
                      {{"email", email}, {"password", password}, {"password_confirmation", password}}))
      std::abort();
  }
  /// Microseconds of one sign-in, of many.
  double measure() {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < sign_ins_a_round; ++i)
      if (!auth_.action({"password", "sign_in"}, {{"email", email}, {"password", password}})) std::abort();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() /
           sign_ins_a_round;
  }
  static constexpr const char *email = "ann@notes.example", *password = "correct horse battery staple";

 private:
  Folder folder_;  // removed last, after the database is closed
  NoHash hasher_{};
  std::unique_ptr<rowan::Database> database_;
  std::unique_ptr<rowan::Mailer> mailer_;
  rowan::Auth auth_;
};

bench::Comparison compare(const std::filesystem::path& parent, const char* name) {
  Application without(parent, {}), with(parent, {rowan::audit_log()});
  bench::Comparison found{name, "without the log", "us", "1.05", true};
  for (int round = 0; round < rounds; ++round) {
    const bool first = round % 2 == 0;
    const double a = (first ? with : without).measure(), b = (first ? without : with).measure();
    if (round < 2) continue;  // statements are prepared, pages read
    found.ours.push_back(first ? a : b);
    found.bare.push_back(first ? b : a);
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::Comparison> all;
  const std::filesystem::path memory = "/dev/shm";
  if (std::filesystem::is_directory(memory))
    all.push_back(compare(memory, "sign-in with the audit log, no hash, database in memory"));
  all.push_back(
      compare(std::filesystem::temp_directory_path(), "sign-in with the audit log, no hash, database on disk"));
  if (bench::wants_json(argc, argv))
    bench::print_json("audit_log", all);
  else
    for (const auto& comparison : all) bench::print(comparison);
}
