// expression ‘<throw-expression>’ is not a constant expression
#include <rowan/rowan.hpp>
rowan::Realm f() { return {.subject = "Admin user"}; }
