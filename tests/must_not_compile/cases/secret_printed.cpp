// error: no match for ‘operator<<’
#include <iostream>
#include <rowan/base/secret.hpp>
void f(const rowan::Secret& secret) { std::cout << secret; }
