#pragma once
// Not installed. A QR code for an inline SVG: its size with the quiet zone, and one path for all dark modules.
#include <optional>
#include <string>

namespace rowan::strategies::totp {

struct QrCode {
  int size = 0;        // modules on a side, with the four of the quiet zone on each
  std::string path{};  // of an SVG whose unit is a module: "M4 4h7v1h-7z…"
};

/// Nullopt for a text that no QR code holds.
std::optional<QrCode> qr_code(const std::string& text);

}  // namespace rowan::strategies::totp
