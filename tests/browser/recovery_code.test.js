// Recovery codes in Chromium: set up an app, make the codes, save and print them, sign in with one.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { password, startChromium, startRowan, visit } from './rowan.js';

let rowan, browser;
before(async () => {
  [rowan, browser] = await Promise.all([startRowan({ config: '[password]\n[totp]\n[recovery_code]\n' }), startChromium()]);
});
after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
});

// RFC 6238 with its defaults.
function codeOfApp(secret) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', seed).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function setUpApp(page, email) {
  await page.goto('/register');
  await page.fill('[name="user[email]"]', email);
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
  await page.goto('/totp-setup');
  await page.fill('[name="user[current_password]"]', password);
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  await page.locator('summary').click();
  const secret = (await page.locator('code.key').first().textContent()).replaceAll(' ', '');
  await page.fill('[name="user[code]"]', codeOfApp(secret));
  await page.getByRole('button', { name: 'Finish' }).click();
}

async function makeCodes(page) {
  await page.waitForURL(/\/recovery-codes/);
  await page.getByRole('button', { name: 'Make recovery codes' }).click();
  await page.getByText("We can't show them again.").waitFor();
  return page.locator('.codes code').allTextContents();
}

async function signInWith(page, email, code) {
  await page.goto('/sign-out');
  await page.click('button[type=submit]');
  await page.goto('/sign-in');
  await page.fill('[name="user[email]"]', email);
  await page.fill('[name="user[password]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL(/\/second-factor/);
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  await page.fill('[name="user[code]"]', code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('codes are shown after the first second factor, saved as a text file, and sign in once', async () => {
  const { context, page, complaints } = await visit(browser, rowan.origin);
  await setUpApp(page, 'ann@notes.example');
  const codes = await makeCodes(page);
  assert.equal(codes.length, 10);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a text file' }).click()]);
  assert.equal(download.suggestedFilename(), 'recovery-codes.txt');
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  assert.match(lines[0], /^Recovery codes for /);
  assert.deepEqual(lines.slice(2, 12), codes);
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.waitForURL('/');

  await signInWith(page, 'ann@notes.example', ` ${codes[0].toLowerCase().replaceAll('-', '\u2013')} `);
  await page.waitForURL('/');
  assert.equal((await page.request.get('/me')).status(), 200);
  await signInWith(page, 'ann@notes.example', codes[0]);
  await page.getByText('This recovery code is wrong or was used already.').waitFor();
  assert.equal((await page.request.get('/me')).status(), 401);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what is printed has the codes and nothing to press', async () => {
  const { context, page } = await visit(browser, rowan.origin);
  await setUpApp(page, 'bob@notes.example');
  await makeCodes(page);
  await page.evaluate(() => { window.print = () => { window.printed = true; }; });
  await page.getByRole('button', { name: 'Print' }).click();
  assert.equal(await page.evaluate(() => window.printed), true);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await page.locator('.codes code:visible').count(), 10);
  assert.equal(await page.locator('button:visible, a.button:visible').count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.codes')).color), 'rgb(0, 0, 0)');
  await context.close();
});

test('without JavaScript, on a small screen: the codes fit and sign in, and no button does nothing', async () => {
  const { context, page } = await visit(browser, rowan.origin, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await setUpApp(page, 'cem@notes.example');
  const codes = await makeCodes(page);
  assert.equal(await page.locator('button:visible').count(), 0, 'no script, no buttons for it');
  const box = await page.locator('.codes code').first().boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 320, `${box.x} to ${box.x + box.width}`);
  assert.ok(box.height < 30, 'on one line');
  await signInWith(page, 'cem@notes.example', codes[9]);
  await page.waitForURL('/');
  await context.close();
});
