// Second factors in Chromium: set up with the key on the page, signed in with, asked for once more, a trusted browser.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { password, startChromium, startRowan, visit } from './rowan.js';

let rowan, browser;
before(async () => {
  [rowan, browser] = await Promise.all([
    startRowan({ config: '[password]\n[magic_link]\n[totp]\n[second_factor]\ntrust_browsers = "30d"\n' }), startChromium()]);
});
after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
});

/** RFC 6238 with SHA-1 and six digits. */
function codeOf(key, step = Math.floor(Date.now() / 30_000)) {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
// A code works once: the next one has to be waited for, unless the device's clock is taken a step further, which is refused.
async function freshCode(key, used) {
  for (;;) {
    const step = Math.floor(Date.now() / 30_000);
    if (step > (used.step ?? 0)) {
      used.step = step;
      return codeOf(key, step);
    }
    await new Promise((later) => setTimeout(later, 500));
  }
}

async function register(page, email) {
  await page.goto('/register');
  await page.fill('[name="user[email]"]', email);
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
}

async function signIn(page, email) {
  await page.goto('/sign-in');
  const form = page.locator('form[action$="/password/sign_in"]');
  await form.locator('[name="user[email]"]').fill(email);
  await form.locator('[name="user[password]"]').fill(password);
  await form.locator('button[type=submit]').click();
}

const me = async (page) => (await page.request.get('/me')).status();

test('a second factor: set up, asked for, shown once more, and a browser that is trusted', async () => {
  const email = 'sam@notes.example';
  const used = {};
  const { page } = await visit(browser, rowan.origin);
  await register(page, email);
  await page.goto('/billing');
  await page.getByText('Your account has none yet.').waitFor();
  await page.getByRole('link', { name: 'Set up an authenticator app' }).click();
  await page.fill('[name="user[current_password]"]', password);
  await page.click('form[action$="/totp/setup"] button[type=submit]');
  await page.locator('svg.qr').waitFor();
  await page.click('summary');
  const key = (await page.locator('code.key').first().innerText()).replaceAll(' ', '');
  await page.fill('[name="user[code]"]', await freshCode(key, used));
  await page.click('form[action$="/totp/confirm_setup"] button[type=submit]');
  await page.goto('/billing');
  assert.equal(new URL(page.url()).pathname, '/billing', 'it was shown a moment ago');

  const { page: other } = await visit(browser, rowan.origin);
  await signIn(other, email);
  await other.waitForURL('/second-factor');
  assert.equal(await me(other), 401, 'nothing before the second factor');
  await other.fill('[name="user[code]"]', '000000');
  await other.getByRole('button', { name: 'Continue' }).click();
  await other.getByText('This code is wrong or was used already.').first().waitFor();
  await other.fill('[name="user[code]"]', await freshCode(key, used));
  await other.getByLabel("Don't ask again in this browser").check();
  await other.getByRole('button', { name: 'Continue' }).click();
  await other.waitForURL('/');
  assert.equal(await me(other), 200);
  await other.goto('/account');
  await other.getByText('Browsers you trust').waitFor();
  await other.goto('/sign-out');
  await other.click('button[type=submit]');
  await other.getByText("You're signed out.").waitFor();
  await signIn(other, email);
  await other.waitForURL('/');
  await other.goto('/billing');
  await other.getByRole('heading', { name: "Confirm that it's you" }).waitFor();

  const { page: third } = await visit(browser, rowan.origin);
  await signIn(third, email);
  await third.getByRole('button', { name: 'Cancel and sign in another way' }).click();
  await third.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  assert.equal(await me(third), 401);
});
