#pragma once
// Internal. What --dev adds: files under var/, and a small application for trying things out
// (docs/http_contract.md#the-program).
#include <cli/config.hpp>
#include <rowan/engine/web/site.hpp>

namespace rowan::cli {

/// Makes var/ and var/secret where the config says so. Throws ConfigError when it cannot.
void prepare_development(const Config& config);

/// Carries the templates of its pages; does nothing else.
AddOn development_pages();

/// /, /public, /me, /api/me, /private, /billing and the mailbox. `auth` and `mailer` outlive the site.
void add_development_routes(Site& site, Auth& auth, Mailer& mailer);

/// Whether the mailbox may be shown: asked from this machine, by a name of this machine, through no proxy.
bool is_from_this_machine(const Conn& conn);

}  // namespace rowan::cli
