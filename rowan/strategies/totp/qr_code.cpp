#include <qrencode.h>

#include <memory>
#include <rowan/strategies/totp/qr_code.hpp>

namespace rowan::strategies::totp {

std::optional<QrCode> qr_code(const std::string& text) {
  constexpr int quiet = 4;  // ISO/IEC 18004: four modules on each side
  if (text.find('\0') != std::string::npos) return std::nullopt;
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                             &QRcode_free);
  if (!made) return std::nullopt;
  QrCode code{.size = made->width + 2 * quiet};
  const auto is_dark = [&](int x, int y) { return (made->data[y * made->width + x] & 1) != 0; };
  // A rectangle for each run of dark modules in a row.
  for (int y = 0; y < made->width; ++y)
    for (int x = 0; x < made->width;) {
      const int begin = x;
      while (x < made->width && is_dark(x, y)) ++x;
      if (x > begin) {
        const auto length = std::to_string(x - begin);
        code.path.append("M").append(std::to_string(begin + quiet)).append(" ").append(std::to_string(y + quiet));
        code.path.append("h").append(length).append("v1h-").append(length).append("z");
      } else {
        ++x;
      }
    }
  return code;
}

}  // namespace rowan::strategies::totp
