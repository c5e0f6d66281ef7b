// How the pages look: light and dark, small and wide. Pictures go to ROWAN_SCREENSHOTS, else to a temporary folder.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startChromium, startRowan, visit } from './rowan.js';

let rowan, browser, pictures;
before(async () => {
  [rowan, browser] = await Promise.all([startRowan(), startChromium()]);
  pictures = process.env.ROWAN_SCREENSHOTS ?? await mkdtemp(path.join(tmpdir(), 'rowan-pictures-'));
  await mkdir(pictures, { recursive: true });
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

const pages = { sign_in: '/sign-in', register: '/register', reset: '/reset', not_found: '/nowhere' };

test('follows the system between light and dark', async (t) => {
  const backgrounds = {};
  for (const colorScheme of ['light', 'dark']) {
    const { context, page } = await visit(browser, rowan.origin, { colorScheme, viewport: { width: 1280, height: 800 } });
    for (const [name, target] of Object.entries(pages)) {
      await page.goto(target);
      await page.screenshot({ path: path.join(pictures, `${name}_${colorScheme}.png`) });
    }
    await page.goto('/sign-in');
    backgrounds[colorScheme] = await page.evaluate(() => {
      const paint = [document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor).find((c) => c !== 'rgba(0, 0, 0, 0)');
      const [r, g, b] = (paint ?? 'rgb(255, 255, 255)').match(/[\d.]+/g).map(Number);
      return (r + g + b) / 3;
    });
    await context.close();
  }
  t.diagnostic(`pictures in ${pictures}`);
  assert.ok(backgrounds.light > 200, `light is ${backgrounds.light}`);
  assert.ok(backgrounds.dark < 80, `dark is ${backgrounds.dark}`);
});

test('needs no sideways scrolling on a small screen', async () => {
  const { context, page } = await visit(browser, rowan.origin, { viewport: { width: 320, height: 640 } });
  for (const target of Object.values(pages)) {
    await page.goto(target);
    const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= seen, `${target}: ${wide} > ${seen}`);
    await page.screenshot({ path: path.join(pictures, `small${target.replaceAll('/', '_')}.png`) });
  }
  await context.close();
});
