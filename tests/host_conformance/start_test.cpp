// Every door starts the background's work of what is mounted on it: without it no mail leaves.
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <mutex>
#include <rowan/base/scheduler.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/hosts/httplib/mount.hpp>
#include <rowan/testing/app.hpp>

namespace rowan::host_conformance {
namespace {

// Remembers what was to be done and does nothing.
class RecordingScheduler final : public Scheduler {
 public:
  std::unique_ptr<Task> every(std::chrono::nanoseconds, std::string name, std::function<void()>) override {
    const std::lock_guard lock(mutex_);
    names_.push_back(std::move(name));
    struct Nothing final : Task {
      void wake() override {}
    };
    return std::make_unique<Nothing>();
  }
  void sleep_for(std::chrono::nanoseconds) override {}
  std::ptrdiff_t count(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count(names_, name);
  }

 private:
  mutable std::mutex mutex_{};
  std::vector<std::string> names_{};
};

class RecordingLogger final : public Logger {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    if (level >= LogLevel::warning) text_ += format_log_line(event, fields) + "\n";
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_{};
  std::string text_{};
};

struct StartingApplication {
  RecordingScheduler scheduler{};
  RecordingLogger logger{};
  testing::TestApp app{{.adjust = [this](AuthOptions& options) {
    options.scheduler = &scheduler;
    options.logger = &logger;
  }}};
  void ask_for_a_mail() {
    auto browser = app.browser();
    browser.get("/reset").form("reset_request").fill("user[email]", "ann@notes.example").submit();
    EXPECT_EQ(browser.status(), 200);
  }
};

TEST(Doors, HttplibStartsTheMountedAuths) {
  StartingApplication application;
  ::httplib::Server server;
  Admission admission{Admission::Limits{}};
  EXPECT_EQ(application.scheduler.count("rowan-outbox"), 0);
  hosts::httplib::mount(server, application.app.site(), admission);
  EXPECT_EQ(application.scheduler.count("rowan-outbox"), 1);
  EXPECT_EQ(application.scheduler.count("rowan-feed"), 1);
  application.ask_for_a_mail();
  EXPECT_FALSE(application.logger.text().contains("mails_wait")) << application.logger.text();
}

TEST(Doors, BeastStartsTheMountedAuthsOnce) {
  StartingApplication application;
  Controller web;
  ApiController api;
  hosts::beast::Server server({.port = 0});
  server.mount(rowan::routes(application.app.auth()).auth_routes(web));
  server.mount(rowan::routes(application.app.auth()).auth_routes(api, {.path = "/api/auth"}));
  EXPECT_EQ(application.scheduler.count("rowan-outbox"), 0);
  ASSERT_TRUE(server.start());
  EXPECT_EQ(application.scheduler.count("rowan-outbox"), 1);
}

TEST(Doors, WithoutOneTheFirstMailWarnsThatItWaits) {
  StartingApplication application;
  application.ask_for_a_mail();
  EXPECT_TRUE(application.logger.text().contains("mails_wait")) << application.logger.text();
  EXPECT_TRUE(application.logger.text().contains("Auth::start()"));
}

}  // namespace
}  // namespace rowan::host_conformance
