// error: could not convert ‘{subject, tenant}’
#include <rowan/rowan.hpp>
rowan::Realm f(const rowan::TenantName& tenant, const rowan::SubjectName& subject) {
  return {.tenant = subject, .subject = tenant};
}
