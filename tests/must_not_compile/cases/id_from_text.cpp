// to ‘rowan::AccountId’
#include <rowan/base/strong_id.hpp>
rowan::AccountId f() { return "018f0000-0000-7000-8000-000000000000"; }
