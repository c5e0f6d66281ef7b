// minimum_lenght
#include <rowan/rowan.hpp>
rowan::Strategy s = rowan::password({.minimum_lenght = 20});
