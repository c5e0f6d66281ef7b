// error: no match for ‘operator*’
#include <rowan/rowan.hpp>
struct C : rowan::Controller {
  rowan::Response success(rowan::Conn& conn, const rowan::Activity&, rowan::MaybeUser user,
                          rowan::MaybeToken) override {
    conn.store_in_session(*user);
    return {};
  }
};
