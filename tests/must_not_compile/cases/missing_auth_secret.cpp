// a required option was left out
#include <rowan/rowan.hpp>
void f(rowan::Database& d, rowan::Mailer& m) {
  rowan::Auth auth({.base_url = "https://x", .database = d, .mailer = m});
}
