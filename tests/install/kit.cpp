// A test of an application by rowan::testing: a visitor registers, in a browser without a socket, and is signed in.
#include <cstdio>
#include <rowan/testing/app.hpp>

int main() {
  rowan::testing::TestApp app;
  auto browser = app.browser();
  if (browser.get("/private").location() == "/private") return 1;  // a stranger is sent away
  browser.get("/register")
      .form("register")
      .fill("user[email]", "ada@outside.example")
      .fill("user[password]", "seven tall herons")
      .fill("user[password_confirmation]", "seven tall herons")
      .submit();
  if (browser.get("/private").location() != "/private") return 1;
  std::puts("kit: a stranger was sent away, then registered and let in");
  return 0;
}
