#include <algorithm>
#include <array>
#include <rowan/strategies/webauthn/credentials.hpp>

namespace rowan::strategies::webauthn {

// As their makers have published them. Each is what the authenticator says of itself, so it is good for a name and for
// nothing else.
std::string_view model_named(std::string_view aaguid) {
  struct Model {
    std::string_view aaguid, name;
  };
  static constexpr std::array models{
      Model{"fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "iCloud Keychain"},
      Model{"dd4ec289-e01d-41c9-bb89-70fa845d4bf2", "iCloud Keychain (managed)"},
      Model{"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"},
      Model{"adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac"},
      Model{"08987058-cadc-4b81-b6e1-30de50dcbe96", "Windows Hello"},
      Model{"9ddd1817-af5a-4672-a2b9-3e3dd95000a9", "Windows Hello"},
      Model{"6028b017-b1d4-4c02-b4b3-afcdafc96bb2", "Windows Hello"},
      Model{"53414d53-554e-4700-0000-000000000000", "Samsung Pass"},
      Model{"bada5566-a7aa-401f-bd96-45619a55120d", "1Password"},
      Model{"d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden"},
      Model{"531126d6-e717-415c-9320-3d9aa6981239", "Dashlane"},
      Model{"0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", "Keeper"},
      Model{"b84e4048-15dc-4dd0-8640-f4f60813c8af", "NordPass"},
      Model{"50726f74-6f6e-5061-7373-50726f746f6e", "Proton Pass"},
      Model{"fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC"},
      Model{"cb69481e-8ff7-4039-93ec-0a2729a154a8", "YubiKey 5"},
      Model{"ee882879-721c-4913-9775-3dfcce97072a", "YubiKey 5"},
      Model{"fa2b99dc-9e39-4257-8f92-4a30d23c4118", "YubiKey 5 NFC"},
      Model{"2fc0579f-8113-47ea-b116-bb5a8db9202a", "YubiKey 5 NFC"},
  };
  const auto found = std::ranges::find(models, aaguid, &Model::aaguid);
  return found == models.end() ? std::string_view() : found->name;
}

}  // namespace rowan::strategies::webauthn
