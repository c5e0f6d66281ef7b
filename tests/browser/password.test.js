// The password room in Chromium: register, mail, sign in, reset, change, sign out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { otherPassword, password, startChromium, startRowan, visit } from './rowan.js';

let rowan, browser;
before(async () => { [rowan, browser] = await Promise.all([startRowan({ config: '[password]\n' }), startChromium()]); });
after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
});

async function register(page, email) {
  await page.goto('/register');
  await page.fill('[name="user[email]"]', email);
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
}

async function signIn(page, email, secret) {
  await page.goto('/sign-in');
  await page.fill('[name="user[email]"]', email);
  await page.fill('[name="user[password]"]', secret);
  await page.click('button[type=submit]');
}

async function signOut(page) {
  await page.goto('/sign-out');
  await page.click('button[type=submit]');
  await page.getByText("You're signed out.").waitFor();
}

const me = async (page) => (await page.request.get('/me')).status();

async function wholeWay(page, email) {
  await register(page, email);
  await page.getByText('Your account is ready.').waitFor();
  assert.equal(await me(page), 200);
  await signOut(page);
  assert.equal(await me(page), 401);

  await signIn(page, email, otherPassword);
  await page.getByText("The email address or password isn't right.").waitFor();
  assert.equal(await page.inputValue('[name="user[email]"]'), email);
  assert.equal(await page.inputValue('[name="user[password]"]'), '');
  await signIn(page, email, password);
  await page.waitForURL('/');
  await signOut(page);

  await page.goto('/sign-in');
  await page.getByText('Forgot your password?').click();
  await page.fill('[name="user[email]"]', email);
  await page.click('button[type=submit]');
  await page.getByText(`If ${email} has an account, a link to reset its password is on its way. It works for one hour.`).waitFor();
  const mail = await rowan.mailTo(email);
  assert.ok(mail.links[0].startsWith(`${rowan.origin}/password-reset/`), mail.links[0]);
  await page.goto(mail.links[0]);
  await page.fill('[name="user[password]"]', otherPassword);
  await page.fill('[name="user[password_confirmation]"]', otherPassword);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
  await page.getByText('Your new password is saved.').waitFor();

  await page.goto('/account');
  await page.fill('[name="user[current_password]"]', otherPassword);
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.getByText('Your password has been changed').waitFor();
  assert.equal(await me(page), 200);
  await signOut(page);
  await signIn(page, email, password);
  await page.waitForURL('/');
}

test('registers, signs in, resets by mail, changes and signs out, and the content policy has nothing to say', async () => {
  const { context, page, complaints } = await visit(browser, rowan.origin);
  await wholeWay(page, 'ann@notes.example');
  assert.deepEqual(complaints, []);  // BRW-03
  await context.close();
});

test('works with JavaScript off', async () => {
  const { context, page, complaints } = await visit(browser, rowan.origin, { javaScriptEnabled: false });
  await wholeWay(page, 'bea@notes.example');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('is usable by keyboard alone', async () => {
  const { context, page } = await visit(browser, rowan.origin);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent?.trim() ?? '');
  const tabTo = async (name) => {
    for (let i = 0; i < 20; ++i) {
      if (await focused() === name) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${name} at ${page.url()}`);
  };
  await page.goto('/register');
  await tabTo('user[email]');
  await page.keyboard.type('cleo@notes.example');
  await tabTo('user[password]');
  await page.keyboard.type(password);
  await tabTo('user[password_confirmation]');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('/');
  await page.goto('/sign-out');
  await tabTo('Sign out');
  await page.keyboard.press('Space');
  await page.getByText("You're signed out.").waitFor();
  await page.goto('/sign-in');
  await tabTo('user[email]');
  await page.keyboard.type('cleo@notes.example');
  await tabTo('user[password]');
  await page.keyboard.type(password);
  await tabTo('Sign in');
  await page.keyboard.press('Enter');
  await page.waitForURL('/');
  assert.equal(await me(page), 200);
  await context.close();
});

test('goes to the page that asked for sign-in', async () => {
  const { context, page } = await visit(browser, rowan.origin);
  await register(page, 'dora@notes.example');
  await signOut(page);
  await page.goto('/private');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await page.fill('[name="user[email]"]', 'dora@notes.example');
  await page.fill('[name="user[password]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/private');
  await context.close();
});

test('tells password managers what its fields are', async () => {  // PWD-10
  const { context, page } = await visit(browser, rowan.origin);
  const kinds = (target) => page.goto(target).then(() => page.$$eval('form input:not([type=hidden])', (inputs) => inputs.map((i) => `${i.type} ${i.autocomplete}`)));
  assert.deepEqual(await kinds('/sign-in'), ['email username', 'password current-password']);
  assert.deepEqual(await kinds('/register'), ['email username', 'password new-password', 'password new-password']);
  await context.close();
});

test('takes the token out of the address bar and sends no referrer', async () => {  // REC-05
  const { context, page } = await visit(browser, rowan.origin);
  await register(page, 'eve@notes.example');
  await signOut(page);
  await page.goto('/reset');
  await page.fill('[name="user[email]"]', 'eve@notes.example');
  await page.click('button[type=submit]');
  const link = (await rowan.mailTo('eve@notes.example')).links[0];
  await page.goto(link);
  const token = link.slice(link.lastIndexOf('/') + 1);
  await page.waitForFunction((secret) => !location.href.includes(secret), token);
  await page.goto('/sign-in');
  assert.equal(await page.evaluate(() => document.referrer), '');
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);  // BRW-18
  await context.close();
});

test('keeps its cookies from scripts', async () => {  // CK-04
  const { context, page } = await visit(browser, rowan.origin);
  await register(page, 'fay@notes.example');
  assert.equal(await page.evaluate(() => document.cookie), '');
  for (const cookie of await context.cookies()) {
    assert.equal(cookie.httpOnly, true, cookie.name);
    assert.equal(cookie.sameSite, 'Lax', cookie.name);
    assert.equal(cookie.path, '/', cookie.name);
  }
  await context.close();
});
