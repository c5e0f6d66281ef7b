#include <rowan/strategies/providers/preset.hpp>

namespace rowan::strategies::providers {

namespace {

using enum ClientAuthentication;

ProviderRequest openid(std::vector<std::string> scopes = {"openid", "email", "profile"}) {
  return {.scopes = std::move(scopes), .parameters = {}};
}
ProviderRequest asking(std::vector<std::string> scopes) { return {.scopes = std::move(scopes), .parameters = {}}; }

// Apple sends the name with the first answer only, and answers scopes in a form only.
ProviderRequest as_apple_answers() {
  return {.scopes = {"openid", "email", "name"},
          .parameters = {},
          .response_mode = ResponseMode::form_post,
          .name_in_answer = true};
}

// Twitch's ID tokens have an address when it is asked for by name (Core section 5.5).
ProviderRequest as_twitch_asks() {
  return {.scopes = {"openid", "user:read:email"},
          .parameters = {{"claims", R"({"id_token":{"email":null,"email_verified":null}})"}}};
}

std::vector<Preset> all() {
  return {
      {.name = "amazon",
       .label = "Amazon",
       .icon = "M3 15c5 5 13 5 18 1l-1-1c-5 3-11 3-16-1zM8 4h8v8H8zm2 2v4h4V6z",
       .authorize_url = "https://www.amazon.com/ap/oa",
       .token_url = "https://api.amazon.com/auth/o2/token",
       .user_url = "https://api.amazon.com/user/profile",
       .request = asking({"profile"}),
       .fields = {.uid = "user_id"}},
      {.name = "apple",
       .label = "Apple",
       .icon = "M12 8c2-2 7-1 7 5 0 4-3 8-5 8-1 0-1-.5-2-.5S11 21 10 21c-2 0-5-4-5-8 0-6 5-7 7-5zm0-1c0-2 1-4 4-5 0 "
               "3-1 5-4 5z",
       .issuer = "https://appleid.apple.com",
       .request = as_apple_answers(),
       .authentication = client_secret_signed},
      {.name = "auth0",
       .label = "Auth0",
       .icon = "M12 2l9 3v7c0 5-4 8-9 10-5-2-9-5-9-10V5zm0 4l-5 2v4c0 3 2 5 5 6 3-1 5-3 5-6V8z",
       .issuer = "https://{domain}/",
       .domain_is = "your tenant's host, such as notes.eu.auth0.com",
       .request = openid()},
      {.name = "bitbucket",
       .label = "Bitbucket",
       .icon = "M2 3h20l-3 18H5zm7 6l1 6h4l1-6z",
       .authorize_url = "https://bitbucket.org/site/oauth2/authorize",
       .token_url = "https://bitbucket.org/site/oauth2/access_token",
       .user_url = "https://api.bitbucket.org/2.0/user",
       .request = asking({"account", "email"}),
       .fields = {.uid = "uuid", .emails_url = "https://api.bitbucket.org/2.0/user/emails"}},
      {.name = "discord",
       .label = "Discord",
       .icon = "M6 5h12l4 12-5 3-2-3H9l-2 3-5-3zm2 6v3h2v-3zm6 0v3h2v-3z",
       .authorize_url = "https://discord.com/oauth2/authorize",
       .token_url = "https://discord.com/api/oauth2/token",
       .user_url = "https://discord.com/api/users/@me",
       .request = asking({"identify", "email"}),
       .fields = {.uid = "id", .email_verified = "verified"}},
      {.name = "facebook",
       .label = "Facebook",
       .icon = "M10 22v-9H7V9h3V7c0-3 2-5 5-5h3v4h-2c-1 0-2 .5-2 1.5V9h4l-.5 4H14v9z",
       .authorize_url = "https://www.facebook.com/v21.0/dialog/oauth",
       .token_url = "https://graph.facebook.com/v21.0/oauth/access_token",
       .user_url = "https://graph.facebook.com/v21.0/me?fields=id,name,email",
       .request = asking({"public_profile", "email"}),
       .fields = {.uid = "id"},
       .authentication = client_secret_post},
      {.name = "github",
       .label = "GitHub",
       .icon = "M4 3l4 2h8l4-2v8c0 5-3 7-6 7v4h-4v-4c-3 0-6-2-6-7zm4 8v2h2v-2zm6 0v2h2v-2z",
       .authorize_url = "https://github.com/login/oauth/authorize",
       .token_url = "https://github.com/login/oauth/access_token",
       .user_url = "https://api.github.com/user",
       .request = asking({"read:user", "user:email"}),
       .fields = {.uid = "id", .emails_url = "https://api.github.com/user/emails"},
       .authentication = client_secret_post},
      {.name = "gitlab",
       .label = "GitLab",
       .icon = "M5 3l3 7h8l3-7 3 10-10 8L2 13z",
       .issuer = "https://{domain}",
       .domain = "gitlab.com",
       .domain_is = "your GitLab's host",
       .request = openid()},
      {.name = "google",
       .label = "Google",
       .icon = "M12 2a10 10 0 1 0 10 10v-2H12v4h5.5A6 6 0 1 1 16 7.5l3-3A10 10 0 0 0 12 2z",
       .issuer = "https://accounts.google.com",
       .request = openid()},
      {.name = "keycloak",
       .label = "Keycloak",
       .icon = "M7 3h10l5 9-5 9H7l-5-9zm2 4l-3 5 3 5h6l3-5-3-5z",
       .issuer = "https://{domain}",
       .domain_is = "the host and realm, such as login.example/realms/notes",
       .request = openid()},
      {.name = "linkedin",
       .label = "LinkedIn",
       .icon = "M3 8h4v13H3zM5 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM9 8h4v2c1-1.5 2-2 4-2 3 0 4 2 4 "
               "5v8h-4v-7c0-2-.5-3-2-3s-2 1-2 3v7H9z",
       .issuer = "https://www.linkedin.com/oauth",
       .request = openid(),
       .authentication = client_secret_post},
      {.name = "microsoft",
       .label = "Microsoft",
       .icon = "M2 2h9v9H2zM13 2h9v9h-9zM2 13h9v9H2zM13 13h9v9h-9z",
       .issuer = "https://login.microsoftonline.com/{domain}/v2.0",
       .domain_is = "your tenant's id, a UUID",
       .request = openid()},
      {.name = "okta",
       .label = "Okta",
       .icon = "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
       .issuer = "https://{domain}",
       .domain_is = "your Okta's host, with the authorization server's path if it has one",
       .request = openid()},
      {.name = "slack",
       .label = "Slack",
       .icon = "M8 2h3v6h3V2h3v6h5v3h-5v3h5v3h-5v5h-3v-5h-3v5H8v-5H2v-3h6v-3H2V8h6zm3 9v3h3v-3z",
       .issuer = "https://slack.com",
       .request = openid(),
       .authentication = client_secret_post},
      {.name = "spotify",
       .label = "Spotify",
       .icon = "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zM6 8v2c4-1 8-1 12 1V9C14 7 10 7 6 8zm1 4v2c3-1 6-.5 9 "
               "1v-2c-3-1.5-6-2-9-1zm1 4v1.5c2-.5 4-.5 6 .5v-1.5c-2-1-4-1-6-.5z",
       .authorize_url = "https://accounts.spotify.com/authorize",
       .token_url = "https://accounts.spotify.com/api/token",
       .user_url = "https://api.spotify.com/v1/me",
       .request = asking({"user-read-email"}),
       .fields = {.uid = "id"}},
      {.name = "twitch",
       .label = "Twitch",
       .icon = "M4 2h17v12l-5 5h-4l-3 3H7v-3H3V6zm2 3v11h3v2l2-2h4l3-3V5zm4 3h2v5h-2zm5 0h2v5h-2z",
       .issuer = "https://id.twitch.tv/oauth2",
       .request = as_twitch_asks(),
       .authentication = client_secret_post},
      {.name = "x",
       .label = "X",
       .icon = "M3 3h5l5 7 6-7h2l-7 8 8 10h-5l-6-8-7 8H2l8-9z",
       .authorize_url = "https://x.com/i/oauth2/authorize",
       .token_url = "https://api.x.com/2/oauth2/token",
       .user_url = "https://api.x.com/2/users/me?user.fields=confirmed_email",
       .request = asking({"users.read", "tweet.read", "users.email"}),
       .fields = {.uid = "data.id", .email = "data.confirmed_email"}},
  };
}

}  // namespace

std::span<const Preset> presets() {
  static const auto known = all();
  return known;
}

}  // namespace rowan::strategies::providers
