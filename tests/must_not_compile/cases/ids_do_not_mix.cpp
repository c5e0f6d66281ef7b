// error: no match for ‘operator==’
#include <rowan/base/strong_id.hpp>
bool f(rowan::AccountId account, rowan::FlowId flow) { return account == flow; }
