#include <CLI/CLI.hpp>
#include <cli/commands.hpp>

namespace rowan::cli {

namespace {

int after_restore(Auth& auth, bool json) {
  const auto done = auth.after_restore();
  if (!done) return say_failure(auth, done.error());
  if (json)
    print_line({{"numbers_from", done->numbers_from},
                {"links", done->links},
                {"codes", done->codes},
                {"flows", done->flows},
                {"mails", done->mails}});
  else
    print("Every session, token, link and code from before has ended; " + std::to_string(done->mails) +
          " waiting mails will not be sent. Numbers go on from " + std::to_string(done->numbers_from) + ".\n");
  return 0;
}

}  // namespace

void add_restore_command(CLI::App& app, const Access& access, int& status) {
  auto& command =
      add_command(app, access, "after-restore",
                  "After you restored a backup: end every session, token, link and code from before", "after-restore");
  auto json = std::make_shared<bool>(false);
  command.add_flag("--json", *json, "For programs");
  command.callback([access, json, &status] { status = after_restore(access.ready(), *json); });
}

}  // namespace rowan::cli
