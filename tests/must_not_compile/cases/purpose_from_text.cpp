// no matching function for call to ‘rowan::Purpose::Purpose(
#include <rowan/rowan.hpp>
rowan::Purpose f(const std::string& text) { return rowan::Purpose(text); }
