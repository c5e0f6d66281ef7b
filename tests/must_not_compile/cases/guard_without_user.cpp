// to non-scalar type ‘rowan::Route’ requested
#include <rowan/rowan.hpp>
rowan::Route r = [](rowan::Conn&, const rowan::User&) { return rowan::Response{}; };
