// marked ‘override’, but does not override
#include <rowan/rowan.hpp>
struct C : rowan::Controller {
  rowan::Response success(rowan::Conn&, const rowan::Activity&, const rowan::AuthenticatedUser*,
                          const rowan::Token*) override {
    return {};
  }
};
